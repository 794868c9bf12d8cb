"""Channels: the receivers of a message, the order of messages, and the turn of handlers."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everview import App, Channel, Message, View
from everview.errors import HandlerError, ViewError
from everview.html import HTML, Button, Li, Span, Ul
from everview.runtime.execution.channels import topics_match
from everview.testing import SimulatedApp


def chat(app: App, is_async: bool = False) -> None:
    @app.route("/<room>/")
    class Chat(View):
        def handle_request(self, request):
            self.messages = Ul(_id="messages")
            self.room = request.match_info["room"]
            self.subscribe(f"chat.{self.room}", self.receive_async if is_async else self.receive)
            return HTML(self.messages, Button("send", handle_click=self.send))

        def send(self, event):
            Channel(f"chat.{self.room}").send({"text": "hello"})

        def receive(self, message: Message):
            self.messages.append(Li(f"{message.topic}: {message.data['text']}"))

        async def receive_async(self, message: Message):
            self.receive(message)


@pytest.mark.parametrize("is_async", [False, True])
def test_views_of_all_owners_receive_messages_of_a_topic(
    app: App, simulated: SimulatedApp, is_async: bool
) -> None:
    chat(app, is_async)
    alice = simulated.open("/lobby/", "alice")
    bob = simulated.open("/lobby/", "bob")
    elsewhere = simulated.open("/attic/", "bob")
    alice.click("send")
    for window in (alice, bob):
        window.wait_text("#messages", "chat.lobby: hello")
    assert elsewhere.text("#messages") == ""


def test_messages_from_threads_arrive_in_order_of_sending(
    app: App, simulated: SimulatedApp
) -> None:
    received: dict[str, list[int]] = {"a": [], "b": []}

    @app.route("/<name>/")
    class Listens(View):
        def handle_request(self, request):
            name = request.match_info["name"]
            self.subscribe("numbers", lambda message: received[name].append(message.data))
            self.channel = Channel("numbers")
            if name == "b":
                return HTML(Button("go", handle_click=self.go))
            return HTML("listens")

        def go(self, event):
            # This thread belongs to no view. The channel was created in a view, so it knows the
            # app.
            threads = [
                threading.Thread(target=self.send, args=(start,)) for start in (0, 1000, 2000)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.html.append(Span("sent"))

        def send(self, start):
            for number in range(start, start + 300):
                self.channel.send(number)

    simulated.open("/a/")
    sender = simulated.open("/b/")
    sender.click("go")
    simulated.wait_for(lambda: len(received["a"]) == len(received["b"]) == 900)
    assert received["a"] == received["b"]
    for start in (0, 1000, 2000):
        mine = [number for number in received["a"] if start <= number < start + 1000]
        assert mine == list(range(start, start + 300))


def test_message_handler_waits_for_the_running_handler_of_its_view(
    app: App, simulated: SimulatedApp
) -> None:
    entered, release = threading.Event(), threading.Event()
    order: list[str] = []

    @app.route("/")
    class Busy(View):
        def handle_request(self, request):
            self.subscribe("news", lambda message: order.append("message"))
            return HTML(Button("work", handle_click=self.work), Button("send", handle_click=send))

        def work(self, event):
            entered.set()
            assert release.wait(10)
            order.append("handler")

    def send(event):
        Channel("news").send()

    window = simulated.open()
    other = simulated.open()
    window.click("work", wait=False)
    assert entered.wait(10)
    other.click("send")
    # the other view runs no handler and receives the message at once
    simulated.wait_for(lambda: order == ["message"])
    release.set()
    simulated.wait_for(lambda: order == ["message", "handler", "message"])


def test_ended_view_receives_nothing_and_is_collected(
    app: App, simulated: SimulatedApp
) -> None:
    received: list[object] = []
    views: list[weakref.ref[View]] = []

    @app.route("/")
    class Listens(View):
        def handle_request(self, request):
            views.append(weakref.ref(self))
            self.subscribe("*", self.receive)
            return HTML("here")

        def receive(self, message):
            received.append(message.data)

    window = simulated.open()
    window.shut()
    simulated.wait_for(lambda: not simulated.runtime.instances)
    simulated.runtime.hub.send(Message("news", 1))
    simulated.do(lambda: None)
    assert received == []
    del window
    simulated.windows.clear()

    def is_gone() -> bool:
        gc.collect()
        return views[0]() is None

    simulated.wait_for(is_gone)


def test_failing_handler_stays_subscribed(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Fails(View):
        def handle_request(self, request):
            self.count = Span(0, _id="count")
            self.subscribe("news", self.receive)
            return HTML(self.count)

        def receive(self, message):
            self.count.set_text(int(self.count.get_text()) + 1)
            if message.data == "bad":
                raise ValueError("this news is bad")

    window = simulated.open()
    simulated.runtime.hub.send(Message("news", "bad"))
    simulated.runtime.hub.send(Message("news", "good"))
    window.wait_text("#count", "2")
    assert any("this news is bad" in str(effect) for effect in window.effects)


def test_channel_outside_views_needs_exactly_one_running_app(app: App) -> None:
    with pytest.raises(ViewError, match="no app runs"):
        Channel("news").send()
    received: list[object] = []
    with SimulatedApp(app) as simulated:
        channel = Channel("news", lambda message: received.append(message.data))
        Channel("news").send(1)
        simulated.wait_for(lambda: received == [1])
        channel.unsubscribe()
        Channel("news").send(2)
        simulated.do(lambda: None)
        with SimulatedApp(App("/other.py")), pytest.raises(ViewError, match="several apps run"):
            Channel("news").send(3)
    assert received == [1]


def test_handler_that_is_not_callable_is_refused(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Wrong(View):
        def handle_request(self, request):
            with pytest.raises(HandlerError, match="not callable"):
                self.subscribe("news", "not a function")
            with pytest.raises(ViewError, match="topic"):
                Channel("")
            return HTML("right")

    assert simulated.open().has("right")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("chat.lobby", "chat.lobby", True),
        ("chat.lobby", "chat.attic", False),
        ("chat.lobby", "chat.*", True),
        ("chat.*", "chat.lobby", True),
        ("chat.*", "news.*", False),
        ("*", "anything", True),
        ("*.lobby", "chat.*", True),
        ("a*b", "a*c", False),
        ("a.b", "a*b", True),
        ("a.b", "a.?", False),
        ("line\nbreak", "line*", True),
    ],
)
def test_matching_of_topics_is_symmetric(one: str, other: str, meet: bool) -> None:
    assert topics_match(one, other) is meet
    assert topics_match(other, one) is meet


@given(st.text(alphabet="ab.*", max_size=6), st.text(alphabet="ab.", max_size=6))
def test_wildcard_matches_any_part(pattern: str, topic: str) -> None:
    def fits(pattern: str, topic: str) -> bool:
        if not pattern:
            return not topic
        if pattern[0] == "*":
            return any(fits(pattern[1:], topic[at:]) for at in range(len(topic) + 1))
        return topic[:1] == pattern[0] and fits(pattern[1:], topic[1:])

    assert topics_match(pattern, topic) is fits(pattern, topic)
