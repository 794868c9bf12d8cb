"""Fuzz a line on the control channel (`everview.application.control`)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from everview.application.control import Answer, Command, Control

received: list[Command] = []


async def handle(command: Command) -> Answer:
    received.append(command)
    return Answer()


loop = asyncio.new_event_loop()
control = Control(Path("unused"), handle)


def one(data: bytes) -> None:
    loop.run_until_complete(answer(data))


async def answer(data: bytes) -> None:
    received.clear()
    found = await control.answer(data)
    assert len(received) == (found == Answer())
    for command in received:
        url = getattr(command, "url", "")
        assert url == "" or (url[0] == "/" and url[1:2] not in ("/", "\\"))
        msgspec.json.encode(command)
