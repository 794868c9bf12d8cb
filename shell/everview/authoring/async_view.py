"""`AsyncView`: a `View` whose code is ``async``.

At run time, `AsyncView` behaves as `View` does. Only the type annotations differ: methods that wait
return a coroutine, and type checkers report a missing ``await``.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar, TypeVarTuple, cast, overload

from everview.authoring.server_api import AsyncServerAPI
from everview.authoring.tasks import check_callable
from everview.authoring.view import BaseView
from everview.html import Element, Form, Node
from everview.html.tree.node import Child
from everview.process import Report
from everview.runtime.execution.input_event import InputEvent

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")
Ts = TypeVarTuple("Ts")
#: The type of the coroutine that an ``async def`` function returns when it is called.
Awaited: TypeAlias = Coroutine[None, None, R]


class AsyncView(BaseView):
    """A page in Python whose handlers and hooks are ``async``.

        class Clock(AsyncView):
            async def handle_request(self, request):
                time = Span()
                self.show(HTML(time))
                while True:
                    time.set_text(datetime.now().strftime("%X"))
                    await self.sleep(1)

    ``async`` code runs on the server thread and must not block, because a blocking call would delay
    all views. Plain handlers and hooks are also allowed. Plain code runs in a thread, where a
    method that waits blocks and returns the result, although its type annotation says that it
    returns a coroutine.

    See `View` for the documentation of the methods.
    """

    @property
    def server(self) -> AsyncServerAPI:
        """The running server."""
        return cast(AsyncServerAPI, self._server)

    # waiting -----------------------------------------------------------------------------------

    def await_input_event(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Awaited[InputEvent]:
        """The awaitable form of `View.await_input_event`."""
        return self._wait_for((), nodes, html, timeout)

    def await_click(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Awaited[InputEvent]:
        """The awaitable form of `View.await_click`."""
        return self._wait_for(("click",), nodes, html, timeout)

    def await_change(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Awaited[InputEvent]:
        """The awaitable form of `View.await_change`."""
        return self._wait_for(("change",), nodes, html, timeout)

    def await_focus(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Awaited[InputEvent]:
        """The awaitable form of `View.await_focus`."""
        return self._wait_for(("focus",), nodes, html, timeout)

    def await_blur(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Awaited[InputEvent]:
        """The awaitable form of `View.await_blur`."""
        return self._wait_for(("blur",), nodes, html, timeout)

    def _wait_for(
        self,
        names: tuple[str, ...],
        nodes: tuple[Element, ...],
        html: Node | str | None,
        timeout: float | None,
    ) -> Awaited[InputEvent]:
        if html is not None:
            self.show(html)
        return self._call_async(self._instance.wait_for_event, names, nodes, timeout)

    def await_form(
        self, form: Form[D], html: Node | str | None = None, timeout: float | None = None
    ) -> Awaited[D | None]:
        """The awaitable form of `View.await_form`."""
        return cast(Awaited[D | None], self._fill_in(form, html, timeout))

    def ask(self, question: str, *answers: str, details: Child = None) -> Awaited[str | None]:
        """The awaitable form of `View.ask`."""
        return self._call_async(self._ask, question, answers or ("OK",), details)

    def sleep(self, seconds: float) -> Awaited[None]:
        """The awaitable form of `View.sleep`."""
        return self._call_async(self._sleep, seconds)

    def ping(self) -> Awaited[str]:
        """The awaitable form of `View.ping`."""
        return self._call_async(self._pong)

    # files and the desktop ---------------------------------------------------------------------

    def choose_file(self, title: str = "", suffixes: Sequence[str] = ()) -> Awaited[Path | None]:
        """The awaitable form of `View.choose_file`."""
        window = self._window_of_the_event()
        return self._call_async(self._choose_file, title, tuple(suffixes), window)

    def choose_folder(self, title: str = "") -> Awaited[str | None]:
        """The awaitable form of `View.choose_folder`."""
        return self._call_async(self._choose_folder, title)

    def save_file(
        self, source: str | bytes | Path, name: str, title: str = ""
    ) -> Awaited[Path | None]:
        """The awaitable form of `View.save_file`."""
        return self._call_async(self._save_file, source, name, title)

    def show_message(
        self, text: str, title: str = "", buttons: Sequence[str] = ("OK",)
    ) -> Awaited[str | None]:
        """The awaitable form of `View.show_message`."""
        return self._call_async(self._show_message, self._message(text, title, tuple(buttons)))

    # tasks -------------------------------------------------------------------------------------

    def checkpoint(self, data: object) -> Awaited[None]:
        """The awaitable form of `View.checkpoint`."""
        return self._call_async(self._save_checkpoint, self._encoded_checkpoint(data))

    @overload
    def run_in_process(
        self, function: Callable[..., R], /, *args: object, executor: Executor, **kwargs: object
    ) -> Awaited[R]: ...
    @overload
    def run_in_process(
        self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> Awaited[R]: ...
    def run_in_process(
        self, function: Callable[..., R], /, *args: object, **kwargs: object
    ) -> Awaited[R]:
        """The awaitable form of `View.run_in_process`."""
        check_callable(function, "run_in_process")
        return self._call_async(self._run_in_process, function, args, kwargs)

    def run_in_thread(
        self, function: Callable[[*Ts], R], /, *args: *Ts, on_progress: Report | None = None
    ) -> Awaited[R]:
        """The awaitable form of `View.run_in_thread`."""
        name = self._name_of_work(function)
        return self._call_async(self._run_in_thread, partial(function, *args), name, on_progress)
