"""`Element`: a node with attributes, event handlers and children.

Links between nodes are in ``node``, the classes of HTML elements in ``elements.tags``, and input
fields in ``fields``.
Threads: the rules of the module ``node`` apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, cast, overload

from everview.errors import HandlerError
from everview.html.tree.attribute_text import (
    AttributeValue,
    StyleValue,
    attribute_name,
    attribute_text,
)
from everview.html.tree.attributes import Attributes, ClassList, IdList, Style
from everview.html.tree.children import NodeList
from everview.html.tree.node import Child, ChildSource, Journal, Node, ParentNode, Wire
from everview.html.tree.safety import check_attribute, check_tag
from everview.html.tree.selectors import matches, select
from everview.html.tree.static_files import StaticFile, add_class_files, linked_files

#: A handler: a function that receives an `InputEvent`. Its result is passed to the handlers of the
#: ancestors; None ends the event. (The type is Any because `InputEvent` belongs to a higher layer.)
Handler: TypeAlias = Callable[[Any], object]

#: The value of a keyword argument: an attribute, a handler, a list of events, a `Value` ...
Keyword: TypeAlias = AttributeValue | Handler | ChildSource

#: The name of the slot with the events that the page reports for an element.
EVENTS_SLOT = "@"

_NAMESPACE_ROOTS = ("svg", "math")
#: SVG and MathML elements whose children are HTML (HTML standard, "integration point").
HTML_INSIDE = frozenset("foreignObject annotation-xml mi mn mo ms mtext".split())


class Element(ParentNode):
    """An HTML element.

    Args:
        children: nodes, strings, numbers and iterables of them; None is skipped.
        attributes: every other keyword is an attribute: ``_class``, ``_id``, ``_for``, ``style``
            (a dict or a string), ``data_x`` for ``data-x``. ``handle_click=`` and other
            ``handle_*`` are handlers of that event; ``events=[...]`` are events to report;
            ``attributes={...}`` are attributes by their names in HTML; ``nodes=`` are more
            children; ``state={...}`` are values for `state`.

    Raises:
        AttributeValueError: a value cannot be synchronised.
        HierarchyError: a child contains this element.
        UnsafeHTMLError: an attribute is a script, an event attribute or an unsafe URL.
    """

    __slots__ = ("_attributes", "_events", "_handlers", "_state")

    ID_LIST: ClassVar[Iterable[str]] = ()
    CLASS_LIST: ClassVar[Iterable[str]] = ()
    STYLE: ClassVar[Mapping[str, str | float | None]] = {}
    ATTRIBUTES: ClassVar[Mapping[str, AttributeValue]] = {}
    EVENTS: ClassVar[Iterable[str]] = ()
    #: Style sheets, modules and other files of the class: see `everview.html.tree.static_files`.
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = ()
    #: The names of the events with a method ``handle_*`` in the class.
    _LISTENS: ClassVar[tuple[str, ...]] = ()
    #: Whether the class sets one of the five class attributes above. Their values are then applied
    #: to each new element.
    _HAS_PRESETS: ClassVar[bool] = False
    _LINKS_FILES: ClassVar[bool] = False

    def __init_subclass__(cls, tag: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if tag is not None:
            cls.TAG_NAME = tag
        check_tag(cls.TAG_NAME)
        presets = (cls.ID_LIST, cls.CLASS_LIST, cls.STYLE, cls.ATTRIBUTES, cls.EVENTS)
        cls._HAS_PRESETS = any(presets)
        add_class_files(cls)
        if linked_files(cls):
            cls._LINKS_FILES = cls.WATCHES_PLACE = True
        own = tuple(
            name.removeprefix("handle_")
            for name, value in vars(cls).items()
            if name.startswith("handle_") and name != "handle_input_event" and callable(value)
        )
        cls._LISTENS = (*cls._LISTENS, *(name for name in own if name not in cls._LISTENS))

    def __init__(self, *children: Child, **attributes: Keyword) -> None:
        super().__init__()
        self._attributes: dict[str, str] | None = None
        self._handlers: dict[str, Handler] | None = None
        self._events: tuple[str, ...] = self._LISTENS
        self._state: dict[str, Any] | None = None
        if self._HAS_PRESETS:
            self._set_presets()
        if attributes:
            self._set_keywords(attributes)
        if children:
            self._append_first(children)

    # access to attributes ----------------------------------------------------------------------

    def _set_presets(self) -> None:
        cls = type(self)
        if cls.ID_LIST:
            self.set_attribute("id", cls.ID_LIST)
        if cls.CLASS_LIST:
            self.set_attribute("class", cls.CLASS_LIST)
        if cls.STYLE:
            self.set_attribute("style", cls.STYLE)
        for name, value in cls.ATTRIBUTES.items():
            self.set_attribute(name, value)
        if cls.EVENTS:
            self.listen(*cls.EVENTS)

    def _set_keywords(self, keywords: Mapping[str, Any]) -> None:
        for keyword, value in keywords.items():
            if keyword.startswith("handle_"):
                self.set_handler(keyword.removeprefix("handle_"), value)
            elif keyword == "events":
                self.listen(*value)
            elif keyword == "attributes":
                for name, attribute in value.items():
                    self.set_attribute(name, attribute)
            elif keyword == "nodes":
                self._insert_children(value, None)
            elif keyword == "state":
                self.state.update(value)
            elif keyword != "bubble_up":  # a keyword of Lona, ignored
                self.set_attribute(attribute_name(keyword), value)

    def get_attribute(self, name: str) -> str | None:
        return None if self._attributes is None else self._attributes.get(name)

    def set_attribute(self, name: str, value: AttributeValue) -> None:
        """Set an attribute, by its name in HTML; False and None remove it.

        Raises:
            AttributeValueError: ``value`` cannot be converted to text.
            UnsafeHTMLError: ``name`` is an event attribute, or ``value`` is an unsafe URL.
        """
        text = attribute_text(name, value)
        if text is not None:
            check_attribute(name, text)
        if self._document is None and text is not None:
            # A node that is not attached needs no lock and no record. Without them, the call takes
            # half the time.
            known = self._attributes
            self._attributes = {**known, name: text} if known else {name: text}
            return
        with self.lock:
            attributes = self._attributes or {}
            if attributes.get(name) == text:
                return
            # Replace the dictionary instead of changing it, because a frame may still refer to it.
            if text is None:
                self._attributes = {key: old for key, old in attributes.items() if key != name}
            else:
                self._attributes = {**attributes, name: text}
            self.mark_changed(name)

    def mark_changed(self, slot: str) -> None:
        """Record a change of ``slot`` (an attribute, ``.value`` ...), which is sent to windows."""
        if self._document is not None:
            self._document.mark_changed(self, slot)

    @property
    def attributes(self) -> Attributes:
        """All attributes as a mutable mapping of text."""
        return Attributes(self)

    @attributes.setter
    def attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        with self.lock:
            for name in [name for name in self.attributes if name not in attributes]:
                self.set_attribute(name, None)
            for name, value in attributes.items():
                self.set_attribute(name, value)

    @property
    def class_list(self) -> ClassList:
        """The classes of the element, in order."""
        return ClassList(self)

    @class_list.setter
    def class_list(self, names: Iterable[str]) -> None:
        self.set_attribute("class", names)

    @property
    def id_list(self) -> IdList:
        """The names in the ``id`` attribute, in order."""
        return IdList(self)

    @id_list.setter
    def id_list(self, names: Iterable[str]) -> None:
        self.set_attribute("id", names)

    @property
    def style(self) -> Style:
        """The inline style as a mutable mapping of property to value."""
        return Style(self)

    @style.setter
    def style(self, value: StyleValue) -> None:
        self.set_attribute("style", value)

    def has_class(self, name: str) -> bool:
        """Whether the element has the class ``name``."""
        return name in self.class_list

    def has_id(self, name: str) -> bool:
        """Whether the element has the id ``name``."""
        return name in self.id_list

    @property
    def ignore(self) -> bool:
        """Whether the browser handles this element without the app.

        If True, the page reports no events of the element, and the browser follows its links.
        """
        return self.get_attribute("data-ignore") is not None

    @ignore.setter
    def ignore(self, ignore: bool) -> None:
        self.set_attribute("data-ignore", "" if ignore else None)

    @property
    def state(self) -> dict[str, Any]:
        """The author's own values for this element. They are never sent to a page."""
        if self._state is None:
            self._state = {}
        return self._state

    def hide(self) -> None:
        """Hide the element in every window."""
        self.set_attribute("hidden", True)

    def show(self) -> None:
        """Show the element again after `hide`."""
        self.set_attribute("hidden", None)

    @property
    def hidden(self) -> bool:
        """Whether the element has the attribute ``hidden``."""
        return self.get_attribute("hidden") is not None

    # events and their handlers -----------------------------------------------------------------

    def set_handler(self, event: str, handler: Handler | None) -> None:
        """Call ``handler(event)`` for input events of this name; None removes the handler.

        Raises:
            HandlerError: ``handler`` is not callable.
        """
        if handler is not None and not callable(handler):
            raise HandlerError(
                f"handle_{event} of <{self.tag_name}> must be callable, not {handler!r}. "
                f"Write handle_{event}=self.method, without parentheses"
            )
        handlers = dict(self._handlers or {})
        if handler is None:
            handlers.pop(event, None)
        else:
            handlers[event] = handler
        self._handlers = handlers or None
        if handler is not None:
            self.listen(event)

    def get_handler(self, event: str) -> Handler | None:
        """The handler that is called for input events of this name, or None."""
        if self._handlers is not None and event in self._handlers:
            return self._handlers[event]
        if event in self._LISTENS:
            return cast("Handler", getattr(self, f"handle_{event}"))
        return None

    def handle_input_event(self, event: Any) -> object:
        """Handle an event of this element or a descendant. Called for every such event.

        Return the event to pass it to the ancestors, or None to end it.
        """
        return event

    @property
    def events(self) -> tuple[str, ...]:
        """The events that the page reports for this element: ``"click"``, ``"change:300"``."""
        return self._events

    @events.setter
    def events(self, events: Iterable[str]) -> None:
        with self.lock:
            self._events = ()
            self.mark_changed(EVENTS_SLOT)
        self.listen(*events)

    def listen(self, *events: str) -> None:
        """Report these events, in addition to the events that are already reported."""
        known = {name.partition(":")[0]: name for name in self._events}
        for event in map(str, events):
            kind, delay, _ = event.partition(":")
            # An event without a delay does not remove an earlier delay.
            if delay or kind not in known:
                known[kind] = event
        events_now = tuple(known.values())
        if events_now != self._events:
            with self.lock:
                self._events = events_now
                self.mark_changed(EVENTS_SLOT)

    def listens_to(self, event: str) -> bool:
        """Whether the page may report this event for this element."""
        return event in self._events or any(
            name.partition(":")[0] == event for name in self._events
        )

    # access to children ------------------------------------------------------------------------

    @property
    def nodes(self) -> NodeList:
        """The children as a mutable sequence, slices included; nodes compare by identity."""
        return NodeList(self)

    @nodes.setter
    def nodes(self, children: Child) -> None:
        self.nodes.replace(children)

    def insert(self, index: int, child: Child) -> None:
        """Insert before position ``index``."""
        self.nodes.insert(index, child)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | list[Node]:
        return self.nodes[index]

    def __setitem__(self, index: int | slice, child: Child) -> None:
        self.nodes[index] = child

    def __delitem__(self, index: int | slice) -> None:
        del self.nodes[index]

    # searching for descendants -----------------------------------------------------------------

    def query_selector(self, selector: str) -> Element | None:
        """The first descendant that matches ``selector``, in document order, or None.

        Raises:
            SelectorError: the selector is not supported.
        """
        return next(self._select(selector), None)

    def query_selector_all(self, selector: str) -> list[Element]:
        """All descendants that match ``selector``, in document order.

        Raises:
            SelectorError: the selector is not supported.
        """
        return list(self._select(selector))

    def _select(self, selector: str) -> Iterator[Element]:
        elements = (node for node in self.walk() if isinstance(node, Element) and node is not self)
        return select(elements, selector)

    def closest(self, selector: str) -> Element | None:
        """This element or its nearest ancestor that matches ``selector``, or None.

        Raises:
            SelectorError: the selector is not supported.
        """
        node: ParentNode | None = self
        while node is not None and not matches(node, selector):
            node = node.parent
        return node if isinstance(node, Element) else None

    # slots for frames --------------------------------------------------------------------------

    def after_attach(self, document: Journal) -> None:
        if self._LINKS_FILES:
            document.link_class(type(self))

    def wire_item(self) -> Wire:
        tag = self._wire_tag() if self.NAMESPACE else self.TAG_NAME
        slots = self.wire_slots()
        return [tag, slots] if slots else [tag]

    def _wire_tag(self) -> str:
        """The tag name. It starts with the namespace if the page would infer a wrong namespace."""
        tag, parent = self.tag_name, self._parent_node
        inferred = (
            tag in _NAMESPACE_ROOTS
            or (parent is not None
                and parent.NAMESPACE == self.NAMESPACE
                and parent.tag_name not in HTML_INSIDE)
        )  # fmt: skip
        return tag if inferred else f"{self.NAMESPACE}:{tag}"

    def wire_slots(self) -> Mapping[str, object] | None:
        """The values of all slots: attributes, and further slots of subclasses.

        Callers must not change the returned mapping: it may be the element's own dictionary.
        """
        if self._events:
            return {**(self._attributes or {}), EVENTS_SLOT: self._events}
        return self._attributes

    def read_slots(self, slots: list[str], since: int) -> dict[str, object]:
        return {slot: self.read_slot(slot) for slot in slots}

    def read_slot(self, slot: str) -> object:
        """The value of one slot."""
        return self._events if slot == EVENTS_SLOT else self.get_attribute(slot)

    def structure(self) -> tuple[object, ...]:
        slots = self.wire_slots() or {}
        return (self.tag_name, self._child_count, sorted(slots.items()))

    def __repr__(self) -> str:
        names = "".join(f"#{name}" for name in self.id_list)
        names += "".join(f".{name}" for name in self.class_list)
        return f"<{self.tag_name}{names} {self._child_count} children>"
