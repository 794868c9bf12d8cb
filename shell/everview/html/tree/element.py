"""`Element`: a node with attributes, event handlers and children.

Not for: links between nodes (``node``), the element classes (``tags``, ``inputs``).
Threads: as ``node``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from everview.errors import HandlerError
from everview.html.tree.attribute_text import attribute_name, attribute_text
from everview.html.tree.attributes import Attributes, ClassList, IdList, Style
from everview.html.tree.children import NodeList
from everview.html.tree.node import Child, Node, ParentNode, Wire
from everview.html.tree.safety import check_attribute, check_tag
from everview.html.tree.selectors import matches, select
from everview.html.tree.static_files import StaticFile, add_class_files, linked_files

Handler = Callable[..., Any]

_NAMESPACE_ROOTS = ("svg", "math")
#: SVG and MathML elements whose children are HTML (HTML standard, "integration point").
HTML_INSIDE = frozenset("foreignObject annotation-xml mi mn mo ms mtext".split())


#: Shorter texts of classes share their dictionary.
SHARED_LENGTH = 200


@lru_cache(maxsize=256)
def _only_class(text: str) -> dict[str, str]:
    """Rows have the same classes by the thousand: one dictionary for all of them."""
    return {"class": text}


class Element(ParentNode):
    """An HTML element.

    Children are nodes, strings, numbers and iterables of them; None is skipped. Keywords are
    attributes: ``_class``, ``_id``, ``_for``, ``style`` (dict or string), ``data_x`` -> ``data-x``,
    ``handle_click=`` and other ``handle_*`` (listen to that event), ``events=[...]``,
    ``attributes={...}``.

    Raises:
        AttributeValueError: a value that cannot be synchronised.
        HierarchyError: a child that contains this element.
        UnsafeHTMLError: a script, event attribute or unsafe URL.
    """

    __slots__ = ("_attributes", "_events", "_handlers", "_state")

    IS_PLAIN = True
    ID_LIST: ClassVar[Iterable[str]] = ()
    CLASS_LIST: ClassVar[Iterable[str]] = ()
    STYLE: ClassVar[dict[str, str]] = {}
    ATTRIBUTES: ClassVar[dict[str, Any]] = {}
    EVENTS: ClassVar[Iterable[Any]] = ()
    #: Style sheets, modules and other files of the class: see `everview.html.tree.static_files`.
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = ()
    _LISTENS: ClassVar[tuple[str, ...]] = ()
    #: Whether the class has any of these: looked at when it is made, and not for every element.
    _HAS_PRESETS: ClassVar[bool] = False

    def __init_subclass__(cls, tag: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if tag is not None:
            cls.TAG_NAME = tag
        check_tag(cls.TAG_NAME)
        presets = (cls.ID_LIST, cls.CLASS_LIST, cls.STYLE, cls.ATTRIBUTES, cls.EVENTS)
        cls._HAS_PRESETS = any(presets)
        add_class_files(cls)
        if linked_files(cls):
            # Only these classes pay for it: the others are not even asked.
            cls._write = Element._write_linked  # type: ignore[method-assign]
        cls.IS_PLAIN = cls._write_attributes is Element._write_attributes and cls._write in (
            Element._write,
            Element._write_linked,
        )
        own = tuple(
            name.removeprefix("handle_")
            for name, value in vars(cls).items()
            if name.startswith("handle_") and name != "handle_input_event" and callable(value)
        )
        cls._LISTENS = (*cls._LISTENS, *(name for name in own if name not in cls._LISTENS))

    def __init__(self, *children: Child, **attributes: Any) -> None:
        # What `ParentNode.__init__` does, written out: a call up costs a seventh of an element.
        self._document = None
        self._parent_node = None
        self._previous_sibling = None
        self._next_sibling = None
        self._changed = None
        self._id = -1
        self._since = 0
        self._placed = 0
        self._first_child = None
        self._last_child = None
        self._child_count = 0
        self._child_cache = None
        self._attributes: dict[str, str] | None = None
        self._handlers: dict[str, Handler] | None = None
        self._events: tuple[str, ...] = self._LISTENS
        self._state: dict[str, Any] | None = None
        if self._HAS_PRESETS:
            self._take_presets()
        if attributes:
            self._take_keywords(attributes)
        if children:
            self._build(children)

    # attributes --------------------------------------------------------------------------------

    def _take_presets(self) -> None:
        cls = type(self)
        if cls.ID_LIST:
            self._set_attribute("id", cls.ID_LIST)
        if cls.CLASS_LIST:
            self._set_attribute("class", cls.CLASS_LIST)
        if cls.STYLE:
            self._set_attribute("style", cls.STYLE)
        for name, value in cls.ATTRIBUTES.items():
            self._set_attribute(name, value)
        if cls.EVENTS:
            self._listen(*cls.EVENTS)

    def _take_keywords(self, keywords: dict[str, Any]) -> None:
        for keyword, value in keywords.items():
            if (
                keyword == "_class"
                and type(value) is str
                and len(value) < SHARED_LENGTH
                and self._attributes is None
            ):
                self._attributes = _only_class(value)
            elif keyword.startswith("handle_"):
                self.set_handler(keyword.removeprefix("handle_"), value)
            elif keyword == "events":
                self._listen(*value)
            elif keyword == "attributes":
                for name, attribute in value.items():
                    self._set_attribute(name, attribute)
            elif keyword == "nodes":
                self._insert((value,), None)
            elif keyword == "state":
                self.state.update(value)
            elif keyword == "bubble_up":
                pass  # of the reference framework: here an event goes on unless a handler ends it
            else:
                self._set_attribute(attribute_name(keyword), value)

    def _set_attribute(self, name: str, value: Any) -> None:
        """Set one attribute; False and None take it away.

        The dictionary is replaced, never changed: frames and other elements may have it, too.
        """
        text = attribute_text(name, value)
        if text is not None:
            check_attribute(name, text, self.TAG_NAME)
        if self._document is None and text is not None:
            # Building a tree: no lock, nothing to journal.
            self._attributes = {**(self._attributes or {}), name: text}
            return
        with self.lock:
            attributes = self._attributes or {}
            if attributes.get(name) == text:
                return
            if text is None:
                self._attributes = {key: kept for key, kept in attributes.items() if key != name}
            else:
                self._attributes = {**attributes, name: text}
            self._touch(name)

    def _get_attribute(self, name: str) -> str | None:
        return None if self._attributes is None else self._attributes.get(name)

    def _touch(self, slot: str) -> None:
        if self._document is not None:
            self._document._touch(self, slot)

    @property
    def attributes(self) -> Attributes:
        """All attributes as a mutable mapping of text."""
        return Attributes(self)

    @attributes.setter
    def attributes(self, attributes: Mapping[str, Any]) -> None:
        with self.lock:
            for name in [name for name in self.attributes if name not in attributes]:
                self._set_attribute(name, None)
            for name, value in attributes.items():
                self._set_attribute(name, value)

    @property
    def class_list(self) -> ClassList:
        return ClassList(self)

    @class_list.setter
    def class_list(self, names: Iterable[str]) -> None:
        self._set_attribute("class", names)

    @property
    def id_list(self) -> IdList:
        return IdList(self)

    @id_list.setter
    def id_list(self, names: Iterable[str]) -> None:
        self._set_attribute("id", names)

    @property
    def style(self) -> Style:
        return Style(self)

    @style.setter
    def style(self, value: Any) -> None:
        self._set_attribute("style", value)

    def has_class(self, name: str) -> bool:
        return name in self.class_list

    def has_id(self, name: str) -> bool:
        return name in self.id_list

    @property
    def ignore(self) -> bool:
        """Whether the page leaves this element to the browser.

        It reports no event of it then, and a link is followed by the browser, not by the app.
        """
        return self._get_attribute("data-ignore") is not None

    @ignore.setter
    def ignore(self, ignore: bool) -> None:
        self._set_attribute("data-ignore", "" if ignore else None)

    @property
    def state(self) -> dict[str, Any]:
        """The author's own values at this node; they stay in the process."""
        if self._state is None:
            self._state = {}
        return self._state

    def hide(self) -> None:
        """Hide the element in every window."""
        self._set_attribute("hidden", True)

    def show(self) -> None:
        """Take `hide` back."""
        self._set_attribute("hidden", None)

    @property
    def hidden(self) -> bool:
        return self._get_attribute("hidden") is not None

    # events ------------------------------------------------------------------------------------

    def set_handler(self, event: str, handler: Handler | None) -> None:
        """Call ``handler(event)`` for input events of this name; None takes it away."""
        if handler is not None and not callable(handler):
            raise HandlerError(
                f"handle_{event} of <{self.tag_name}> must be callable, not {handler!r}. "
                "Write handle_{0}=self.method, without parentheses".format(event)
            )
        handlers = dict(self._handlers or {})
        if handler is None:
            handlers.pop(event, None)
        else:
            handlers[event] = handler
        self._handlers = handlers or None
        if handler is not None:
            self._listen(event)

    def get_handler(self, event: str) -> Handler | None:
        """What is called for input events of this name, or None."""
        if self._handlers is not None and event in self._handlers:
            return self._handlers[event]
        return getattr(self, f"handle_{event}") if event in self._LISTENS else None

    def handle_input_event(self, event: Any) -> Any:
        """Called for every event of this node or below it. Return the event to pass it on."""
        return event

    @property
    def events(self) -> tuple[str, ...]:
        """The event types the page reports for this element: ``"click"``, ``"change:300"``."""
        return self._events

    @events.setter
    def events(self, events: Iterable[Any]) -> None:
        with self.lock:
            self._events = ()
            self._touch("@")
        self._listen(*events)

    def _listen(self, *events: Any) -> None:
        known = {name.partition(":")[0]: name for name in self._events}
        for event in map(str, events):
            kind, delay, _ = event.partition(":")
            # A delay given earlier stays when a handler without one is added.
            if delay or kind not in known:
                known[kind] = event
        events_now = tuple(known.values())
        if events_now != self._events:
            with self.lock:
                self._events = events_now
                self._touch("@")

    def listens_to(self, event: str) -> bool:
        """Whether the page may report this event for this element."""
        return event in self._events or any(
            name.partition(":")[0] == event for name in self._events
        )

    # children ----------------------------------------------------------------------------------

    @property
    def nodes(self) -> NodeList:
        """The children as a mutable sequence, slices included; all by identity."""
        return NodeList(self)

    @nodes.setter
    def nodes(self, children: Child) -> None:
        self.nodes.replace(children)

    def insert(self, index: int, child: Child) -> None:
        """Insert before position ``index``."""
        self.nodes.insert(index, child)

    # looking -----------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]

    def __setitem__(self, index: int | slice, child: Child) -> None:
        self.nodes[index] = child

    def __delitem__(self, index: int | slice) -> None:
        del self.nodes[index]

    def query_selector(self, selector: str) -> Element | None:
        """The first element below this one that matches, in document order, or None."""
        return next(self._select(selector), None)

    def query_selector_all(self, selector: str) -> list[Element]:
        """All elements below this one that match, in document order."""
        return list(self._select(selector))

    def _select(self, selector: str) -> Iterator[Element]:
        return (node for node in select(self, selector) if isinstance(node, Element))

    def closest(self, selector: str) -> Element | None:
        """This element or its nearest ancestor that matches, or None."""
        node: ParentNode | None = self
        while node is not None and not matches(node, selector):
            node = node.parent
        return node if isinstance(node, Element) else None

    # wire --------------------------------------------------------------------------------------

    def _write(self) -> Wire:
        cls = type(self)
        tag = self._wire_tag() if cls.NAMESPACE else cls.TAG_NAME
        attributes = self._write_attributes()
        return [tag, attributes] if attributes else [tag]

    def _wire_tag(self) -> str:
        """The tag, with its namespace where the page would not take the right one by itself."""
        tag, parent = self.tag_name, self._parent_node
        inferred = (
            tag in _NAMESPACE_ROOTS
            or (parent is not None
                and parent.NAMESPACE == self.NAMESPACE
                and parent.tag_name not in HTML_INSIDE)
        )  # fmt: skip
        return tag if inferred else f"{self.NAMESPACE}:{tag}"

    def _write_linked(self) -> Wire:
        """`_write` of classes with linked files: the document's windows need those."""
        if self._document is not None:
            self._document._link_class(type(self))
        return Element._write(self)

    def _write_attributes(self) -> dict[str, Any] | None:
        """What the page sets, by slot. Not to be changed: it may be the element's own."""
        if self._events:
            return {**(self._attributes or {}), "@": self._events}
        return self._attributes

    def _is_like(self, other: Any) -> bool:
        return bool(
            self._child_count == other._child_count
            and (self._attributes is other._attributes or self._attributes == other._attributes)
            and self._events == other._events
        )

    def _read_slots(self, slots: list[str], since: int) -> dict[str, Any]:
        return {slot: self._read_slot(slot) for slot in slots}

    def _read_slot(self, slot: str) -> Any:
        return self._events if slot == "@" else self._get_attribute(slot)

    def _shape(self) -> tuple[Any, ...]:
        return (self.tag_name, self._child_count, sorted((self._write_attributes() or {}).items()))

    def __repr__(self) -> str:
        names = "".join(f"#{name}" for name in self.id_list)
        names += "".join(f".{name}" for name in self.class_list)
        return f"<{self.tag_name}{names} {self._child_count} children>"
