"""`View`: the base class of views, and `BaseView`, the common base of `View` and `AsyncView`.

The names of classes and methods are those of the reference framework, Lona 1.16. A view that was
written for Lona runs after its import line is changed.

Handlers and hooks of a view may be plain or ``async``. Plain functions run in threads, one handler
at a time; ``async`` functions run on the server thread. Methods that wait (`View.sleep`,
`View.await_click` ...) block in plain code and must be awaited in ``async`` code. If the code of a
view is ``async``, derive the view from `AsyncView`. The methods of `AsyncView` have the types for
``async`` code.

The services of a view are in separate modules: ``showing``, ``waiting``, ``files``, ``desktop``
and ``tasks``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import ClassVar, ParamSpec, TypeAlias, TypeVar, TypeVarTuple, cast, overload

from everview.authoring.desktop import Desktop
from everview.authoring.server_api import BaseServer, ServerAPI
from everview.authoring.tasks import Tasks, check_callable
from everview.html import Element, Form, Node
from everview.html.tree.node import Child
from everview.html.tree.static_files import StaticFile
from everview.process import Report
from everview.runtime.execution.channels import Message, subscribe_instance
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.instances.state import StopReason
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import (
    HttpRedirectResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
)

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")
Ts = TypeVarTuple("Ts")

#: The result of ``handle_request``. `Response` is for routes with ``interactive=False``.
Answer: TypeAlias = (
    Node
    | str
    | RedirectResponse
    | HttpRedirectResponse
    | TemplateResponse
    | TemplateStringResponse
    | Response
    | None
)


class BaseView(Desktop, Tasks):
    """The common base of `View` and `AsyncView`. Authors do not subclass it."""

    #: Whether the view continues without windows. All windows of its owner at the same URL share
    #: a daemon view.
    is_daemon: bool = False
    #: Whether a daemon view ends when ``handle_request`` returns. By default, the view stays in the
    #: list until a user dismisses it.
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool = False
    #: The title of the view's windows until `set_title` is called. If it is "", the name of the
    #: class is shown.
    TITLE: ClassVar[str] = ""

    #: If this is true and a checkpoint of the view is stored, the start of the app also starts the
    #: view, without a window.
    RESUME: ClassVar[bool] = False

    #: Style sheets and JavaScript modules for the pages of the view, and the files that they
    #: import.
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = ()

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if name == "is_daemon":
            self._instance.decide_daemon()

    # hooks -------------------------------------------------------------------------------------

    def handle_request(self, request: Request) -> Answer | Awaitable[Answer]:
        """Return the content of the view, or call `show` one or more times. Plain or ``async``."""
        return None

    def handle_input_event_root(
        self, event: InputEvent
    ) -> InputEvent | Awaitable[InputEvent | None] | None:
        """This hook is called first for every event.

        Return the event to pass it to the handlers; return None to stop it.
        """
        return event

    def handle_input_event(
        self, event: InputEvent
    ) -> InputEvent | Awaitable[InputEvent | None] | None:
        """This hook is called last, for events that every handler has passed on."""
        return None

    def on_stop(self, reason: StopReason) -> Awaitable[None] | None:
        """This hook is called once when the view ends, before `on_cleanup`."""

    def on_cleanup(self) -> Awaitable[None] | None:
        """This hook is called once, after all other code of the view has ended."""

    @classmethod
    def instance_key(cls, request: Request) -> Hashable:
        """Return the key of the daemon instance for a request.

        Requests of one owner to one route share an instance if their keys are equal. By default the
        key contains the arguments of the route and the query: ``?a=2`` never shows the instance of
        ``?a=1``. To ignore some of these values, return only the values that matter. If the result
        is None, all requests to the route share one instance.
        """
        return (tuple(sorted(request.match_info.items())), tuple(sorted(request.GET.items())))

    # the instance ------------------------------------------------------------------------------

    @property
    def request(self) -> Request:
        """The request that started this instance."""
        return self._instance.request

    @property
    def instance_id(self) -> str:
        """The id of this instance, as in `Summary.id`."""
        return self._instance.id

    @property
    def server(self) -> BaseServer:
        """The running server."""
        return self._server

    def subscribe(self, topic: str, handler: Callable[[Message], object]) -> None:
        """Call ``handler(message)`` for messages of a channel until this view ends.

        The handler is called like other handlers of this view: one at a time, plain or ``async``.

        Args:
            topic: The topic; ``*`` matches any part of it.
            handler: A function with a `Message` as its argument.

        Raises:
            HandlerError: ``handler`` is not callable.
        """
        instance = self._instance
        instance.at_end(subscribe_instance(instance.hub, topic, instance.call, handler))

    def stop(self) -> None:
        """End this view.

        The windows of the view still show its content, but no other window can open the view.
        """
        instance = self._instance
        instance.loop.call_soon_threadsafe(instance.stop, StopReason.STOPPED)

    def restart(self) -> None:
        """End this view and start it from the beginning in its windows."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(self._server.runtime.restart, instance)


class View(BaseView):
    """A page in Python: override `handle_request` and return or show the HTML.

        class Counter(View):
            def handle_request(self, request):
                self.count = Span("10")
                return HTML(self.count, Button("More", handle_click=self.increment))

            def increment(self, event):
                self.count.set_text(int(self.count.get_text()) + 1)

    Methods that wait block until they have a result. In ``async`` code of a `View` they return an
    awaitable instead, but their type annotations do not show this. Use `AsyncView` for such code.
    """

    @property
    def server(self) -> ServerAPI:
        """The running server."""
        return cast(ServerAPI, self._server)

    # waiting -----------------------------------------------------------------------------------

    def await_input_event(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait for an input event and return it.

        Handlers can also wait for events, several of them at the same time.

        Args:
            nodes: Wait for events of these nodes and of their descendants. Without nodes, wait for
                events of any node.
            html: The content to show first.
            timeout: The longest time to wait, in seconds.

        Raises:
            TimeoutError: No event arrived within ``timeout``.
            ViewStopped: The view was stopped. Every method that waits can raise it.
        """
        return self._wait_for((), nodes, html, timeout)

    def await_click(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait for a click. Arguments and errors are those of `await_input_event`."""
        return self._wait_for(("click",), nodes, html, timeout)

    def await_change(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait for a change of a field. Arguments and errors are those of `await_input_event`."""
        return self._wait_for(("change",), nodes, html, timeout)

    def await_focus(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait until a node gets the focus. The arguments are those of `await_input_event`."""
        return self._wait_for(("focus",), nodes, html, timeout)

    def await_blur(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait until a node loses the focus. The arguments are those of `await_input_event`."""
        return self._wait_for(("blur",), nodes, html, timeout)

    def _wait_for(
        self,
        names: tuple[str, ...],
        nodes: tuple[Element, ...],
        html: Node | str | None,
        timeout: float | None,
    ) -> InputEvent:
        if html is not None:
            self.show(html)
        return self._call(self._instance.wait_for_event, names, nodes, timeout)

    def await_form(
        self, form: Form[D], html: Node | str | None = None, timeout: float | None = None
    ) -> D | None:
        """Wait until a form is submitted without errors, and return its values.

        Errors are shown next to their fields, and the first of these fields gets the focus.

        Args:
            form: The form.
            html: The content to show first; by default the form, unless it is shown already.
            timeout: The longest time to wait for each attempt, in seconds.

        Returns:
            An instance of the form's dataclass; None if the form was cancelled.

        Raises:
            TimeoutError: The form was not submitted within ``timeout``.
        """
        answer: D | None = self._fill_in(form, html, timeout)
        return answer

    def ask(self, question: str, *answers: str, details: Child = None) -> str | None:
        """Ask in a pop-up in every window of this view, and wait for the answer.

            if self.ask("Delete it?", "Delete", "Keep") == "Delete":
                ...

        Args:
            question: The title of the pop-up.
            answers: The texts of the buttons; the first is the main answer. By default "OK".
            details: More content for the pop-up.

        Returns:
            The text of the pressed button; None if the user closed the pop-up with Escape.

        Raises:
            ViewError: The view shows nothing yet.
        """
        return self._call(self._ask, question, answers or ("OK",), details)

    def sleep(self, seconds: float) -> None:
        """Wait for this number of seconds."""
        return self._call(self._sleep, seconds)

    def ping(self) -> str:
        """Return "pong", or raise `ViewStopped` if the view was stopped.

        Call this method in long loops that call no other method of the view.
        """
        return self._ping() or self._call(self._pong)

    # files and the desktop ---------------------------------------------------------------------

    def choose_file(self, title: str = "", suffixes: Sequence[str] = ()) -> Path | None:
        """Ask the user for a file.

        In a native window, the dialog of the system is shown, and the result is the path of the
        chosen file. In a browser, the user uploads a file. The uploaded file is deleted when this
        view ends.

        Args:
            title: The title of the dialog.
            suffixes: The dialog offers only files with these suffixes, for example ``[".csv"]``; by
                default all files.

        Returns:
            The path of the file; None if the dialog was cancelled.
        """
        return self._call(self._choose_file, title, tuple(suffixes), self._window_of_the_event())

    def choose_folder(self, title: str = "") -> str | None:
        """Ask the user for a folder with the system's dialog.

        A browser has no dialog for folders, so also offer a field for the path.

        Returns:
            The path of the folder; None if the dialog was cancelled, and in a browser.
        """
        return self._call(self._choose_folder, title)

    def save_file(self, source: str | bytes | Path, name: str, title: str = "") -> Path | None:
        """Ask the user where to save a file, and save it. In a browser, the file is downloaded.

        Args:
            source: A text, bytes, or the path of a file to copy.
            name: The name that the dialog suggests.
            title: The title of the dialog.

        Returns:
            The path of the new file; None if the dialog was cancelled, and in a browser.

        Raises:
            OSError: The file cannot be written.
        """
        return self._call(self._save_file, source, name, title)

    def show_message(
        self, text: str, title: str = "", buttons: Sequence[str] = ("OK",)
    ) -> str | None:
        """Show a message in a dialog of the system. In a browser, show it in a pop-up of the page.

        Args:
            text: The message.
            title: The title of the dialog.
            buttons: The texts of the buttons. The last one should be harmless, because Return and
                Escape press it.

        Returns:
            The text of the pressed button; None if the window was closed.

        Raises:
            ViewError: ``buttons`` is empty.
        """
        return self._call(self._show_message, self._message(text, title, tuple(buttons)))

    # tasks -------------------------------------------------------------------------------------

    def checkpoint(self, data: object) -> None:
        """Save a state of the view.

        After a crash, the view continues from the saved state. The method returns when the state is
        on disk.

        The next view of the same owner at the same URL gets the last checkpoint as
        ``request.checkpoint``. The checkpoint is removed when the view is stopped or dismissed.
        Save a checkpoint after each step of the work: after a crash, only the work since the last
        checkpoint is repeated.

        Args:
            data: A JSON value: None, booleans, numbers, strings, lists, and dictionaries with
                strings as keys.

        Raises:
            ViewError: ``data`` is not a JSON value, or this is not a daemon view.
            OSError: The checkpoint cannot be written; the previous checkpoint stays valid.
        """
        return self._call(self._save_checkpoint, self._encoded_checkpoint(data))

    @overload
    def run_in_process(
        self, function: Callable[..., R], /, *args: object, executor: Executor, **kwargs: object
    ) -> R: ...
    @overload
    def run_in_process(
        self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...
    def run_in_process(self, function: Callable[..., R], /, *args: object, **kwargs: object) -> R:
        """Call a function in a new process and return its result. Use it for CPU-bound work.

        The function can call ``everview.process.progress`` to report progress. Stopping the view
        ends the process.

        Args:
            function: A function at the top level of a module.
            args: The arguments of the function. Arguments and result must be picklable.
            executor: A pool or cluster that runs the function instead of a new process. A running
                call is not interrupted when the view is stopped.
            kwargs: The keyword arguments of the function.

        Raises:
            HandlerError: ``function`` is not callable.
            ProcessError: The process ended early, or a value cannot be pickled.
            Exception: The exception that ``function`` raised.
        """
        check_callable(function, "run_in_process")
        return self._call(self._run_in_process, function, args, kwargs)

    def run_in_thread(
        self, function: Callable[[*Ts], R], /, *args: *Ts, on_progress: Report | None = None
    ) -> R:
        """Call a plain function in a thread and return its result. Use it for functions that block.

        Use `run_in_process` for CPU-bound work. When the view is stopped, the next call of
        ``everview.process.progress`` in the function raises `ViewStopped`.

        Args:
            function: A plain function.
            args: The arguments of the function.
            on_progress: Called in that thread as ``on_progress(done, total, label)`` when the
                function calls ``everview.process.progress``, at most once in 50 ms. By default
                the view shows the progress, as with `progress`, until the function returns.

        Raises:
            HandlerError: ``function`` is not callable or is ``async``.
            Exception: The exception that ``function`` raised.
        """
        name = self._name_of_work(function)
        return self._call(self._run_in_thread, partial(function, *args), name, on_progress)
