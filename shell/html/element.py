"""`Element`: a node with attributes, event handlers and children.

Not for: links between nodes (``node``), the element classes (``tags``, ``inputs``).
Threads: as ``node``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from shell.errors import AttributeValueError, HandlerError
from shell.html.attributes import Attributes, ClassList, IdList, Style, style_text
from shell.html.children import NodeList
from shell.html.node import Child, Node, ParentNode, Wire
from shell.html.safety import check_attribute, check_tag
from shell.html.selectors import matches, select

Handler = Callable[..., Any]

#: Attributes whose true and false are words (HTML standard, "enumerated attributes").
_WORDED = frozenset("draggable contenteditable spellcheck translate writingsuggestions".split())


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

    ID_LIST: ClassVar[Iterable[str]] = ()
    CLASS_LIST: ClassVar[Iterable[str]] = ()
    STYLE: ClassVar[dict[str, str]] = {}
    ATTRIBUTES: ClassVar[dict[str, Any]] = {}
    EVENTS: ClassVar[Iterable[Any]] = ()
    _LISTENS: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, tag: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if tag is not None:
            cls.TAG_NAME = tag
        check_tag(cls.TAG_NAME)
        own = tuple(
            name.removeprefix("handle_")
            for name, value in vars(cls).items()
            if name.startswith("handle_") and name != "handle_input_event" and callable(value)
        )
        cls._LISTENS = (*cls._LISTENS, *(name for name in own if name not in cls._LISTENS))

    def __init__(self, *children: Child, **attributes: Any) -> None:
        super().__init__()
        self._attributes: dict[str, str] | None = None
        self._handlers: dict[str, Handler] | None = None
        self._events: tuple[str, ...] = self._LISTENS
        self._state: dict[str, Any] | None = None
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
        if attributes:
            self._take_keywords(attributes)
        if children:
            self._build(children)

    # attributes --------------------------------------------------------------------------------

    def _take_keywords(self, keywords: dict[str, Any]) -> None:
        for keyword, value in keywords.items():
            if keyword.startswith("handle_"):
                self.set_handler(keyword.removeprefix("handle_"), value)
            elif keyword == "events":
                self._listen(*value)
            elif keyword == "attributes":
                for name, attribute in value.items():
                    self._set_attribute(name, attribute)
            elif keyword == "nodes":
                self._insert((value,), None)
            else:
                self._set_attribute(attribute_name(keyword), value)

    def _set_attribute(self, name: str, value: Any) -> None:
        """Set one attribute; False and None take it away."""
        text = attribute_text(name, value)
        if text is not None:
            check_attribute(name, text)
        if self._document is None and text is not None:
            # Building a tree: no lock, nothing to journal.
            if self._attributes is None:
                self._attributes = {}
            self._attributes[name] = text
            return
        with self.lock:
            attributes = self._attributes
            if text is None:
                if attributes is None or attributes.pop(name, None) is None:
                    return
            else:
                if attributes is None:
                    attributes = self._attributes = {}
                elif attributes.get(name) == text:
                    return
                attributes[name] = text
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
        return any(name.partition(":")[0] == event for name in self._events)

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
        wire: list[Any] = [self.tag_name]
        attributes = self._write_attributes()
        if attributes:
            wire.append(attributes)
        return wire

    def _write_attributes(self) -> dict[str, Any]:
        attributes: dict[str, Any] = dict(self._attributes) if self._attributes else {}
        if self._events:
            attributes["@"] = self._events
        return attributes

    def _read_slots(self, slots: list[str]) -> dict[str, Any]:
        return {slot: self._read_slot(slot) for slot in slots}

    def _read_slot(self, slot: str) -> Any:
        return self._events if slot == "@" else self._get_attribute(slot)

    def _shape(self) -> tuple[Any, ...]:
        return (self.tag_name, self._count, sorted(self._write_attributes().items()))

    def __repr__(self) -> str:
        names = "".join(f"#{name}" for name in self.id_list)
        names += "".join(f".{name}" for name in self.class_list)
        return f"<{self.tag_name}{names} {self._count} children>"


def attribute_name(keyword: str) -> str:
    """``_class`` -> ``class``, ``data_x`` -> ``data-x``."""
    return keyword.strip("_").replace("_", "-")


def attribute_text(name: str, value: Any) -> str | None:
    """``value`` as the text of the attribute ``name``; None: the attribute is absent.

    Raises `AttributeValueError` for a type that has no text of its own.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        if name.startswith(("aria-", "data-")) or name in _WORDED:
            return "true" if value else "false"
        return "" if value else None
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    if name == "style" and isinstance(value, dict):
        return style_text(value) or None
    if name in ("class", "id") and isinstance(value, Iterable):
        return " ".join(dict.fromkeys(str(item) for item in value)) or None
    raise AttributeValueError(
        f"the attribute {name!r} cannot be {value!r} ({type(value).__name__}): "
        "give a text, a number, True, False or None"
    )
