"""T8: another program uses the port after the app has ended. Reconnecting pages disclose nothing to
that program.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSMsgType, web

from everview import App, View
from everview.html import HTML, Button, P, TextInput
from everview.runtime.runtime import Runtime
from everview.server.access.keys import Identity, proof
from everview.server.execution.loop import new_event_loop
from everview.server.server import Server
from tests.support.server import Closed, Page, new_page, on_server, port_of, serving, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.security

SECRET = "typed-by-a-person-77"

Answer = Callable[[dict[str, Any]], list[Any]]


class FakeServer:
    """Run another program at ``port``. The program records messages and answers a hello with
    ``answer(hello)``.
    """

    def __init__(self, port: int, answer: Answer) -> None:
        self.port = port
        self.answer = answer
        self.messages: list[Any] = []
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> FakeServer:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        self.loop = new_event_loop()
        application = web.Application()
        application.router.add_get("/_everview/link", self._link)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        self.loop.run_until_complete(runner.setup())
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.loop.run_until_complete(web.SockSite(runner, listening).start())
        self._started.set()
        self.loop.run_forever()
        self.loop.run_until_complete(runner.cleanup())
        self.loop.close()

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        async for frame in link:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            self.messages.append(message)
            if message["t"] == "hello":
                for text in self.answer(message):
                    await link.send_json(text)
        return link


def free_port() -> int:
    """Return a port that can be reused immediately. If the system chose the port, it would reserve
    it for a minute.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def welcome(message: dict[str, Any]) -> dict[str, Any]:
    return {"t": "welcome", "epoch": "x", "received": 0, "acknowledged": 0}


#: Answers that another program could send.
ANSWERS: dict[str, Answer] = {
    "no proof": lambda hello: [{"t": "challenge", "nonce": "0" * 32, "proof": ""}],
    "an invented proof": lambda hello: [{"t": "challenge", "nonce": "0" * 32, "proof": "0" * 64}],
    "a proof with a known key": lambda hello: [
        {"t": "challenge", "nonce": hello["nonce"],
         "proof": proof("00" * 32, "server", hello["nonce"], hello["nonce"])}],
    "a welcome without a challenge": lambda hello: [welcome(hello)],
    "a welcome after a challenge": lambda hello: [
        {"t": "challenge", "nonce": "0" * 32, "proof": "0" * 64}, welcome(hello)],
    "a welcome with a new key": lambda hello: [
        {**welcome(hello), "window": "0" * 32, "user": "owner", "label": "", "key": "0" * 64}],
    "a frame without a welcome": lambda hello: [
        {"document": "x", "frame": {"to": 1, "tree": [1, ["p", "from-the-fake"]]}}],
    "nothing": lambda hello: [],
}  # fmt: skip


def typing_app() -> App:
    app = App(__file__, name="typing")

    @app.route("/")
    class Typing(View):
        def handle_request(self, request: Any) -> HTML:
            return HTML(P("shown"), TextInput("", _id="field"), Button("Go", handle_click=print))

    return app


@pytest.mark.browser
@pytest.mark.parametrize("answer", ANSWERS)
def test_page_sends_nothing_to_another_program(tab: Tab, answer: str) -> None:
    port = free_port()
    with serving(typing_app(), port) as server:
        tab.goto(server.address("/", Identity("owner")))
        tab.wait_for_selector("#field")
        key = tab.evaluate("JSON.parse(sessionStorage.everview).key")
    # The app has ended, and another program uses its port. The user types into the page.
    with FakeServer(port, ANSWERS[answer]) as fake:
        tab.fill("#field", SECRET)
        tab.get_by_role("button", name="Go").click()
        wait_until(lambda: tab.evaluate("1") and len(fake.messages) >= (1 if answer == "nothing" else 3),
                   "the page reconnects")  # fmt: skip
    assert {message["t"] for message in fake.messages} == {"hello"}
    for message in fake.messages:
        assert set(message) == {"t", "nonce", "window", "user", "label", "fresh"}
    text = json.dumps(fake.messages)
    assert SECRET not in text
    assert key not in text
    assert len({message["nonce"] for message in fake.messages}) == len(fake.messages)
    assert "from-the-fake" not in tab.content()


@pytest.mark.browser
def test_page_reconnects_to_its_own_server(tab: Tab) -> None:
    """The page reconnects to its own server. This proves that the previous test can fail."""
    with serving(typing_app()) as server:
        tab.goto(server.address("/", Identity("owner")))
        tab.wait_for_selector("#field")
        cut(server.runtime, server)
        tab.fill("#field", SECRET)
        values = lambda: [i.page.root.query_selector("#field").value  # noqa: E731
                          for i in server.runtime.instances.values()]  # fmt: skip
        wait_until(lambda: tab.evaluate("1") and SECRET in on_server(server, values), "the server has the text")


def cut(runtime: Runtime, server: Server) -> None:
    def abort() -> None:
        for window in runtime.windows:
            if window.transport is not None:
                window.transport._transport.abort()  # type: ignore[attr-defined]

    on_server(server, abort)


@pytest.fixture
def next_start() -> Iterator[tuple[dict[str, str], Server]]:
    """Yield the credentials of a window, and a server that was started later at the same port."""
    port = free_port()
    with serving(typing_app(), port) as first, new_page(first) as page:
        credentials = page.credentials
    with serving(typing_app(), port=port) as second:
        yield credentials, second


def test_key_is_valid_for_one_server_start(next_start: tuple[dict[str, str], Server]) -> None:
    """After a restart, the server does not have the old key: it can neither authenticate itself to
    old windows nor accept them.
    """
    credentials, server = next_start
    with Page(port_of(server)) as page:
        page.ask(credentials)
        assert not page.server_is_proven()
        with pytest.raises(Closed):
            page.answer()
