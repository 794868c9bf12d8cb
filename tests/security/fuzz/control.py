"""A line on the control channel (`everview.application.control`)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from everview.application.control import MAX_LINE, Command, Control

taken: list[Command] = []


async def handle(command: Command) -> dict[str, Any]:
    taken.append(command)
    return {}


loop = asyncio.new_event_loop()
control = Control(Path("unused"), handle)


def one(data: bytes) -> None:
    loop.run_until_complete(answer(data))


async def answer(data: bytes) -> None:
    taken.clear()
    reader = asyncio.StreamReader(limit=MAX_LINE)
    reader.feed_data(data)
    reader.feed_eof()
    try:
        said = await control._answer(reader, None)  # type: ignore[arg-type]
    except ValueError:  # too long: the connection is closed
        assert len(data) > MAX_LINE
        return
    assert said is None or said == {} or set(said) == {"error"}
    assert len(taken) == (said == {})
    for command in taken:
        url = getattr(command, "url", "")
        assert url == "" or (url[0] == "/" and url[1:2] not in ("/", "\\"))
        msgspec.json.encode(command)
