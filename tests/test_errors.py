"""Errors name the file and the line in the author's code."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import pytest

from everview import App
from everview.errors import (
    AttributeValueError,
    CommandError,
    HandlerError,
    HierarchyError,
    HTMLError,
    RouteError,
)
from everview.html import Button, CheckBox, Div, Span, TextInput
from everview.runtime.execution.error_page import describe
from everview.runtime.routing.routing import Router

HERE = Path(__file__).name


def nested() -> Div:
    inner = Div()
    outer = Div(inner)
    inner.append(outer)
    return outer


WRONG = {
    "attribute": (lambda: Div(title=object()), AttributeValueError),
    "child": (lambda: Div(object()), AttributeValueError),
    "style": (lambda: Div(style={"color": object()}), AttributeValueError),
    "nesting": (nested, HierarchyError),
    "handler": (lambda: Button("x", handle_click="nope"), HandlerError),
    "text": (lambda: setattr(TextInput(), "value", object()), AttributeValueError),
    "box": (lambda: setattr(CheckBox(), "value", "yes"), AttributeValueError),
    "selector": (lambda: Span().query_selector("a >"), HTMLError),
    "route": (lambda: App(__file__).route("no-slash")(lambda request: None), RouteError),
    "reverse": (lambda: Router().reverse("unknown"), RouteError),
}


@pytest.mark.parametrize(("wrong", "kind"), WRONG.values(), ids=WRONG)
def test_error_names_the_line_of_the_author(wrong, kind) -> None:
    with pytest.raises(kind) as error:
        wrong()
    frames = [f for f in error.traceback if Path(str(f.path)).name == HERE]
    assert str(error.value).endswith(f"({HERE}, line {frames[-1].lineno + 1})")
    assert str(error.value).count("line ") == 1
    assert describe(error.value).count(HERE) == 1


def test_error_without_a_view_names_no_line() -> None:
    assert str(CommandError("no such command")) == "no such command"


def test_error_without_code_of_an_author_names_no_line() -> None:
    errors: list[HTMLError] = []
    # The target of the thread is a class of the package, so its stack has no line of author code.
    thread = threading.Thread(target=map(errors.append, map(HTMLError, ["wrong"])).__next__)
    thread.start()
    thread.join()
    assert [str(error) for error in errors] == ["wrong"]


def test_error_from_another_process_names_the_line_of_the_author() -> None:
    error = HTMLError("wrong")
    assert error.location.startswith(HERE)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301  (our own bytes)
