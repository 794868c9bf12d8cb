"""Messages in both directions: every type has code that handles it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import msgspec
import pytest

import everview
from everview import App
from everview.errors import LinkError
from everview.html import HTML
from everview.progress import Progress
from everview.runtime.routing.places import Place
from everview.runtime.windows.effects import (
    About,
    AnyEffect,
    CloseTab,
    ConfirmQuit,
    Copy,
    EventLost,
    Focus,
    Load,
    Notice,
    OpenTab,
    Places,
    Redirect,
    Reply,
    SetHidden,
    StartDownload,
    Task,
    ViewMessage,
    WindowState,
)
from everview.runtime.windows.messages import (
    Attach,
    Browse,
    ClientError,
    Confirm,
    Event,
    InfoRequest,
    Prefer,
    QuitRequest,
    Resync,
    Visible,
    WindowCommand,
    WindowMessage,
    decode,
)
from everview.runtime.windows.updates import Update, encode
from everview.testing import SimulatedApp

CLIENT = Path(everview.__file__).parent / "client"

MESSAGES: list[WindowMessage] = [
    Attach("/"),
    Event(1, "", 1, "click"),
    Confirm(),
    Resync(),
    Visible(True),
    ClientError("a text"),
    *(WindowCommand(do) for do in ("open", "close", "log")),
    Browse("https://example.org/"),
    Prefer(),
    *(QuitRequest(how) for how in ("ask", "background", "finish", "stop")),
    *(InfoRequest(what) for what in ("places", "about", "quit")),
]
EFFECTS: list[AnyEffect] = [
    Notice("a text"),
    EventLost(1),
    Focus(1),
    SetHidden([(1, True)]),
    Reply(1, {"a": [1, None]}),
    WindowState(False, 1.0, "system", False, "app", None),
    Redirect("/"),
    Load("/", "/"),
    OpenTab("/"),
    StartDownload("/_everview/download/x/name"),
    ViewMessage("a text"),
    CloseTab(),
    Copy("a text"),
    Places([Place("/", "Start", "")], [Task("Work", "/", "running", Progress(1))]),
    About("app", [("Python", "3.11")]),
    ConfirmQuit([]),
]


def members(union: Any) -> set[type]:
    """Return the types of a union, including the types of nested unions."""
    found: set[type] = set()
    for member in get_args(union):
        found |= members(member) if isinstance(member, UnionType) else {member}
    return found


@pytest.fixture(autouse=True)
def start(app: App) -> None:
    app.route("/")(lambda request: HTML("start"))


def test_examples_cover_all_messages_and_effects() -> None:
    assert {type(message) for message in MESSAGES} == members(WindowMessage)
    assert {type(effect) for effect in EFFECTS} == members(AnyEffect)


@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_every_message_of_a_page_is_handled(simulated: SimulatedApp, message: Any) -> None:
    window = simulated.open()
    # `receive` raises an exception for a type of message that it does not handle (`assert_never`).
    simulated.do(simulated.runtime.receive, window.window, decode(encode(message)))
    assert window.window.transport is window


@pytest.mark.parametrize("effect", EFFECTS, ids=repr)
def test_every_effect_is_equal_after_encoding_and_decoding(effect: Any) -> None:
    data = encode(Update("d", effects=[effect]))
    assert msgspec.json.decode(data, type=Update).effects == [effect]


def test_client_has_a_function_for_every_effect() -> None:
    tags: list[str] = []
    for name in ("main.js", "chrome/commands.js"):
        source = (CLIENT / name).read_text()
        table = re.search(r"^const effects = \{\n(.*?)^\};", source, re.DOTALL | re.MULTILINE)
        assert table is not None
        tags += re.findall(r"^  (\w+): \(", table[1], re.MULTILINE)
    assert sorted(tags) == sorted(kind.__struct_config__.tag for kind in members(AnyEffect))


def test_lone_surrogate_in_an_effect_becomes_a_replacement_character() -> None:
    update = Update("d", effects=[Notice("caf\udce9")], frame=msgspec.Raw(b'{"to":1}'))
    decoded = msgspec.json.decode(encode(update), type=Update)
    assert decoded.effects == [Notice("caf\ufffd")]
    assert bytes(decoded.frame) == b'{"to":1}'


def test_unknown_message_is_rejected() -> None:
    with pytest.raises(LinkError):
        decode('{"t":"nothing"}')


def test_receive_raises_for_a_message_type_without_code(simulated: SimulatedApp) -> None:
    class Unhandled(msgspec.Struct):
        pass

    window = simulated.open()

    async def receive() -> str:
        try:
            simulated.runtime.receive(window.window, Unhandled())  # type: ignore[arg-type]
        except AssertionError as error:
            return str(error)
        return "ignored"

    assert "Unhandled" in asyncio.run_coroutine_threadsafe(receive(), simulated.loop).result(30)
