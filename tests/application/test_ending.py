"""`Ending`: the end of the app after its last window was closed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from everview.application.ending import Ending, EndingState
from everview.runtime.instances.state import State
from everview.runtime.windows.messages import QuitRequest


@dataclass(eq=False)
class FakeInstance:
    """A fake instance of a daemon view."""

    state: State = State.RUNNING
    is_daemon: bool = True
    document: Any = field(default_factory=lambda: SimpleNamespace(title="A task"))

    @property
    def at_work(self) -> bool:
        return self.state is State.RUNNING


class FakeWindows:
    """A fake list of windows. It contains one window, with the label "native-1"."""

    def __init__(self) -> None:
        self.open: list[object] = []
        self.window = SimpleNamespace(label="native-1")

    def by_label(self, label: str) -> list[Any]:
        return [self.window] if label == self.window.label else []


class FakeApp:
    """A fake app. The same object is also the fake runtime, desktop and platform.

    It records the calls of `Ending`.
    """

    def __init__(self) -> None:
        self.app: Any = SimpleNamespace(title="Everview")
        self.instances: dict[str, FakeInstance] = {}
        self.windows = FakeWindows()
        self.has_quit = False
        self.trays: list[list[str]] = []
        self.notifications: list[tuple[str, str, str]] = []
        self.opened: list[str] = []
        self.received: list[object] = []
        self._changed = asyncio.Event()
        self.desktop: Any = SimpleNamespace(
            open_count=0, set_tray=lambda menu: self.trays.append([text for text, _ in menu])
        )
        self.platform: Any = SimpleNamespace(notify=lambda *texts: self.notifications.append(texts))

    @property
    def runtime(self) -> Any:
        return SimpleNamespace(
            at_work=[i for i in self.instances.values() if i.at_work], instances=self.instances,
            windows=self.windows, loop=asyncio.get_running_loop(), wait_for_change=self._wait,
            router=SimpleNamespace(path_of=lambda name: "/tasks/"),
            receive=lambda window, message: self.received.append(message),
        )  # fmt: skip

    async def _wait(self, version: int) -> int:
        await self._changed.wait()
        self._changed.clear()
        return version + 1

    def finish_all(self) -> None:
        """Set the state of all instances to FINISHED."""
        for instance in self.instances.values():
            instance.state = State.FINISHED
        self._changed.set()

    def quit(self) -> None:
        self.has_quit = True

    async def open_window(self, url: str) -> str:
        self.opened.append(url)
        return "native-1"


async def settle() -> None:
    """Let the tasks of `Ending` run."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_app_ends_after_the_last_window_is_closed_if_no_view_is_running() -> None:
    async def main() -> None:
        app = FakeApp()
        ending = Ending(app)
        ending.last_window_closed()
        assert app.has_quit
        assert ending.state is EndingState.ENDED
        assert app.trays == []

    asyncio.run(main())


def test_last_window_closed_with_open_native_window_does_nothing() -> None:
    async def main() -> None:
        app = FakeApp()
        app.desktop.open_count = 1
        Ending(app).last_window_closed()
        assert not app.has_quit

    asyncio.run(main())


def test_last_window_closed_with_running_view_shows_tray_and_notifies_once() -> None:
    async def main() -> None:
        app = FakeApp()
        app.instances["a"] = FakeInstance()
        ending = Ending(app)
        ending.last_window_closed()
        assert not app.has_quit
        assert app.trays == [["Open Everview", "Show running tasks", "Quit …"]]
        ending.window_opened()
        assert app.trays[-1] == []
        ending.last_window_closed()
        assert len(app.trays) == 3
        assert app.notifications == [
            ("Everview keeps running without a window", "A task. Start Everview again to show it.", "/tasks/")
        ]

    asyncio.run(main())


def test_app_quits_after_the_view_if_the_user_chose_finish_then_quit() -> None:
    async def main() -> None:
        app = FakeApp()
        app.instances["a"] = FakeInstance()
        ending = Ending(app)
        ending.finish()
        await settle()
        assert ending.state is EndingState.FINISHING
        ending.last_window_closed()
        assert app.trays == []
        app.finish_all()
        await settle()
        assert app.has_quit
        assert ending.state is EndingState.ENDED

    asyncio.run(main())


def test_window_opened_during_finish_then_quit_cancels_quitting() -> None:
    async def main() -> None:
        app = FakeApp()
        app.instances["a"] = FakeInstance()
        ending = Ending(app)
        ending.finish()
        await settle()
        ending.cancel()
        app.finish_all()
        await settle()
        assert not app.has_quit
        assert ending.state is EndingState.RUNNING

    asyncio.run(main())


def test_quit_opens_a_window_with_a_question_while_a_view_runs() -> None:
    async def main() -> None:
        app = FakeApp()
        app.instances["a"] = FakeInstance()
        Ending(app).ask("/tasks/")
        await settle()
        assert app.opened == ["/tasks/"]
        assert app.received == [QuitRequest("ask")]
        assert not app.has_quit

    asyncio.run(main())


def test_quit_ends_the_app_without_a_question_if_no_view_runs() -> None:
    async def main() -> None:
        app = FakeApp()
        Ending(app).ask("/tasks/")
        assert app.has_quit

    asyncio.run(main())
