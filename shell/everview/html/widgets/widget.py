"""`Widget`: an element whose page side is a JavaScript class, with data that is synchronised.

    class Dial(Widget):
        MODULE = Script("static/dial.js")
        STATIC_FILES = [StyleSheet("static/dial.css")]

    dial = Dial(data={"value": 3, "history": []}, handle_turn=self.turned)
    dial.data["value"] = 4                       # from any thread; that key alone is sent
    dial.data["history"].append(4)               # that item alone is sent

and ``static/dial.js`` beside it:

    import { Widget } from "/_everview/widget.js";

    export default class Dial extends Widget {
      constructor(node, data) { super(node, data); ... }   // node: the element of this widget
      update(data, changes) { ... }                        // data changed; changes: what, or null
      destroy() { ... }                                    // the node is gone from the page
      turn() { this.fire("turn", { by: 1 }); }             // calls handle_turn, if declared
    }

The node's attributes and the children that Python gave it belong to Python. What the page's
class makes itself, it appends to the node; frames leave that alone.

Not for: what needs no script (plain elements do), what all windows share but no person sees.
Threads: as ``node``; `data` may be changed from any thread.
Guarantees: a module comes from the table of static files, never from data; an event that a page's
class fires is accepted only if the node declares it, as for every other event.
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

#: The slot of a widget's data on the wire.
SLOT = "$"


class Widget(Element):
    """Base of widgets. ``data`` is a dict, or a list, of values that JSON has.

    Raises:
        AttributeValueError: data that JSON does not have.
        StaticFileError: the class's module cannot be read (when the class is defined).
    """

    __slots__ = ("_containers", "_data", "_replaced")

    TAG_NAME = "div"
    #: The ES module whose default export is the page's class; its path is relative to the file
    #: that defines the Python class.
    MODULE: ClassVar[Script | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        module = vars(cls).get("MODULE")
        if module is not None:
            if not isinstance(module, Script):
                raise StaticFileError(
                    f"{cls.__qualname__}.MODULE must be a Script(...): {module!r}"
                )
            module.link = False  # its class is imported by who needs it
            cls.MODULE = CLASSES.add(module, folder_of(cls))  # type: ignore[assignment]

    def __init__(self, *children: Child, data: Any = None, **attributes: Any) -> None:
        if type(self).MODULE is None:
            raise StaticFileError(
                f"{type(self).__name__} has no page side: give its class "
                'MODULE = Script("static/name.js")'
            )
        #: Containers with changes, the newest last: id -> (container, revision).
        self._containers: OrderedDict[int, tuple[Container, int]] = OrderedDict()
        self._replaced = 0
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
                return  # `widget.data += [...]` assigns what it changed
            new = self._make_data(data)
            self._data._let_go(self._data)
            self._data = new
            journalled = self._journal(new)
            if journalled is not None:
                self._replaced = journalled[0]

    def _make_data(self, data: Any) -> DataDict | DataList:
        if isinstance(data, (dict, DataDict)):
            return DataDict(data, self)
        if isinstance(data, (list, tuple, DataList)):
            return DataList(data, self)
        raise AttributeValueError(f"widget data must be a dict or a list, not {data!r}")

    # the journal, with the document's lock held ------------------------------------------------

    def _journal(self, container: Container) -> tuple[int, int] | None:
        document = self._document
        if document is None:
            return None
        if self._changed is None or SLOT not in self._changed:
            # The first change since this was attached: what was journalled before was for another
            # document, or for nobody.
            self._forget()
        key, shown = id(container), document._shown
        known = self._containers.get(key)
        if known is not None and known[1] > shown:
            # Nobody has seen that change yet: this one needs no revision of its own. Of 100,000
            # lines a second, 60 get past here.
            return known[1], shown
        document._touch(self, SLOT)
        if self._since > shown:
            return None
        revision = document.revision
        self._containers[key] = (container, revision)
        self._containers.move_to_end(key)
        return revision, shown

    def _forget(self) -> None:
        for container, _ in self._containers.values():
            container._forget()
        self._containers.clear()
        self._replaced = 0

    def _release(self, container: Container) -> None:
        self._containers.pop(id(container), None)

    # wire --------------------------------------------------------------------------------------

    def _write_attributes(self) -> dict[str, Any]:
        module = type(self).MODULE
        assert module is not None
        widget = {"module": module.url, "data": self._data.plain()}
        return {**(super()._write_attributes() or {}), SLOT: widget}

    def _read_slots(self, slots: list[str], since: int) -> dict[str, Any]:
        return {
            slot: self._read_changes(since) if slot == SLOT else self._read_slot(slot)
            for slot in slots
        }

    def _read_changes(self, since: int) -> list[dict[str, Any]]:
        """What a window at ``since`` misses: outer containers before what is in them."""
        if since < self._replaced:
            return [{"all": self._data.plain()}]
        found: list[tuple[list[Any], Container]] = []
        for container, revision in reversed(self._containers.values()):
            if revision <= since:
                break
            path = container._path(since)
            if path is not None:
                found.append((path, container))
        found.sort(key=lambda entry: len(entry[0]))
        return [
            {**({"at": path} if path else {}), **container.changes(since)}
            for path, container in found
        ]
