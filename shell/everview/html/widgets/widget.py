"""`Widget`: an element with a JavaScript class in the page and synchronised data.

    class Dial(Widget):
        MODULE = Script("static/dial.js")
        STATIC_FILES = [StyleSheet("static/dial.css")]

    dial = Dial(data={"value": 3, "history": []}, handle_turn=self.turned)
    dial.data["value"] = 4                       # from any thread; sends only this key
    dial.data["history"].append(4)               # sends only this item

The file ``static/dial.js``, next to the Python module, contains:

    import { Widget } from "/_everview/widget.js";

    export default class Dial extends Widget {
      constructor(node, data) { super(node, data); ... }   // node: the element of this widget
      update(data, changes) { ... }                        // changes: null if all may be new
      destroy() { ... }                                    // the node was removed from the page
      turn() { this.fire("turn", { by: 1 }); }             // calls handle_turn, if declared
    }

The class in the page must not change the attributes and children that Python sets. It can append
its own elements to the node; frames do not change these.

A component without a script does not need a `Widget`: use plain elements. Values that no page shows
do not belong in the data.
Threads: the rules of the module ``node`` apply; `data` can be changed from any thread.
Guarantees: a module is always loaded from the table of static files, never from data. An event of
the class in the page is accepted only if the node declares it, like every other event.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, ClassVar

from everview.errors import AttributeValueError, StaticFileError
from everview.html.tree.element import Element
from everview.html.tree.node import Child
from everview.html.tree.static_files import CLASSES, Script, folder_of
from everview.html.widgets.container import Container
from everview.html.widgets.data import DataDict, DataList

#: The name of the slot with a widget's data in frames.
SLOT = "$"


class Widget(Element):
    """Base class of widgets.

    Args:
        children: as for `Element`.
        data: a dict or list of JSON values; default: an empty dict.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: ``data`` contains a value that is not a JSON value.
        StaticFileError: the module of the class cannot be read; raised by the class definition.
    """

    __slots__ = ("_containers", "_data", "_replaced_at")

    TAG_NAME = "div"
    #: The ES module whose default export is the class in the page. Its path is relative to the
    #: file that defines the Python class.
    MODULE: ClassVar[Script | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        module = vars(cls).get("MODULE")
        if module is not None:
            if not isinstance(module, Script):
                raise StaticFileError(
                    f"{cls.__qualname__}.MODULE must be a Script(...): {module!r}"
                )
            module.link = False  # pages import the module for each widget
            cls.MODULE = CLASSES.add(module, folder_of(cls))  # type: ignore[assignment]

    def __init__(self, *children: Child, data: Any = None, **attributes: Any) -> None:
        if type(self).MODULE is None:
            raise StaticFileError(
                f"{type(self).__name__} has no page side: give its class "
                'MODULE = Script("static/name.js")'
            )
        #: The changed containers, the last changed one at the end: a mapping from ``id(container)``
        #: to ``(container, revision)``.
        self._containers: OrderedDict[int, tuple[Container, int]] = OrderedDict()
        self._replaced_at = 0
        self._data = self._make_data({} if data is None else data)
        super().__init__(*children, **attributes)

    @property
    def data(self) -> Any:
        """The data: a `DataDict` or `DataList`, used like a dict or list."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        with self.lock:
            if data is self._data:
                # `widget.data += [...]` has already changed the object, and then assigns it again.
                return
            new = self._make_data(data)
            self._data.leave()
            self._data = new
            recorded = self.record_change(new)
            if recorded is not None:
                self._replaced_at = recorded[0]

    def _make_data(self, data: Any) -> DataDict | DataList:
        if isinstance(data, (dict, DataDict)):
            return DataDict(data, self)
        if isinstance(data, (list, tuple, DataList)):
            return DataList(data, self)
        raise AttributeValueError(f"widget data must be a dict or a list, not {data!r}")

    # records of changes (the caller holds the document's lock) ---------------------------------

    def record_change(self, container: Container) -> tuple[int, int] | None:
        """Record that a container changed; see `DataOwner`."""
        document = self.document
        if document is None:
            return None
        if not self.has_recorded_change(SLOT):
            # This is the first change since the widget was attached: older records are obsolete.
            self._forget_changes()
        key, sent = id(container), document.sent_revision
        known = self._containers.get(key)
        if known is not None and known[1] > sent:
            # No window has received the earlier change, so this one needs no new revision. Of
            # 100,000 log lines a second, only 60 get a new revision.
            return known[1], sent
        self.mark_changed(SLOT)
        if not self.was_sent:
            return None
        revision = document.revision
        self._containers[key] = (container, revision)
        self._containers.move_to_end(key)
        return revision, sent

    def _forget_changes(self) -> None:
        for container, _ in self._containers.values():
            container.forget_changes()
        self._containers.clear()
        self._replaced_at = 0

    def release(self, container: Container) -> None:
        """Drop the recorded changes of a container that was removed from the data."""
        self._containers.pop(id(container), None)

    # slots for frames --------------------------------------------------------------------------

    def wire_slots(self) -> dict[str, object]:
        module = type(self).MODULE
        assert module is not None
        widget = {"module": module.url, "data": self._data.plain()}
        return {**(super().wire_slots() or {}), SLOT: widget}

    def read_slots(self, slots: list[str], since: int) -> dict[str, object]:
        return {
            slot: self._read_changes(since) if slot == SLOT else self.read_slot(slot)
            for slot in slots
        }

    def _read_changes(self, since: int) -> list[dict[str, Any]]:
        """The changes since a revision. An outer container comes before its inner containers."""
        if since < self._replaced_at:
            return [{"all": self._data.plain()}]
        found: list[tuple[list[Any], Container]] = []
        for container, revision in reversed(self._containers.values()):
            if revision <= since:
                break
            path = container.path(since)
            if path is not None:
                found.append((path, container))
        found.sort(key=lambda entry: len(entry[0]))
        return [
            {**({"at": path} if path else {}), **container.changes(since)}
            for path, container in found
        ]
