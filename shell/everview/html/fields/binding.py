"""`Value`: a variable that nodes show and input fields edit.

    count, name = Value(0), Value("")
    HTML(Span(count), TextInput(bind=name), P("Hello ", name))
    count.value += 1                   # updates every place that shows the value
    Span(count.map("{} items".format)) # with another format

A `Value` is not meant for lists and tables (change their nodes instead) or for values that several
views share (use channels instead).
Threads: a `Value` can be used from any thread. ``value.change(lambda n: n + 1)`` is atomic;
``value.value += 1`` is not. If several views show a value, do not set it inside ``with node.lock``,
because this would acquire the locks of two documents.
Guarantees: after the last change, all places show the newest value. A value has only weak
references to the nodes that show it.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from everview.html.fields.inputs import InputElement
from everview.html.tree.element import Handler
from everview.html.tree.node import Node, Text

T = TypeVar("T")
P = TypeVar("P", "BoundText", InputElement)


class BoundText(Text):
    """A text that shows a value."""

    __slots__ = ("_format", "_source")

    def __init__(self, source: Value[Any], format_value: Callable[[Any], object]) -> None:
        self._source = source
        self._format = format_value
        super().__init__(format_value(source.value))

    def show_bound(self) -> None:
        """Show the current value."""
        while True:
            value = self._source.value
            self.set_text(self._format(value))
            if self._source.value is value:
                return
            # Another thread has set a newer value: show that value.


class Value(Generic[T]):
    """A variable. Use it as a child of an element, or as the argument ``bind=`` of a field.

    Args:
        value: the initial value.
    """

    def __init__(self, value: T) -> None:
        self._value = value
        self._lock = threading.RLock()
        self._places: weakref.WeakSet[Any] = weakref.WeakSet()

    @property
    def value(self) -> T:
        """The value."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        self.change(lambda _: value)

    def change(self, function: Callable[[T], T]) -> T:
        """Set the value to ``function(value)``, atomically.

        Returns:
            The new value.
        """
        with self._lock:
            self._value = value = function(self._value)
            places = list(self._places)
        for place in places:
            # Another thread may have set a newer value. `show_bound` shows the newest one.
            place.show_bound()
        return value

    def map(self, function: Callable[[T], object]) -> Mapped:
        """Return an object that shows ``function(value)`` when it is used as a child."""
        return Mapped(self, function)

    def as_child(self) -> Node:
        """A text node that shows the value."""
        return self.add_place(BoundText(self, str))

    def bind(self, field: InputElement) -> None:
        """Show the value in ``field`` from now on."""
        self.add_place(field)
        field.show_bound()

    def add_place(self, place: P) -> P:
        """Update ``place`` whenever the value changes."""
        with self._lock:
            self._places.add(place)
        return place

    def change_handler(self, field: InputElement, handler: Handler | None) -> Handler:
        """Return a handler that stores the value of ``field`` and then calls ``handler``."""
        def change(event: Any) -> Any:
            value: Any = field.value
            self.value = value
            return event if handler is None else handler(event)

        return change

    def __repr__(self) -> str:
        return f"Value({self._value!r})"


class Mapped:
    """A child that shows the result of a function of a `Value`."""

    def __init__(self, source: Value[Any], function: Callable[[Any], object]) -> None:
        self._source = source
        self._function = function

    def as_child(self) -> Node:
        return self._source.add_place(BoundText(self._source, self._function))
