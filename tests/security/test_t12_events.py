"""T12: forged events. The tests send all events to all nodes, from different windows."""

from __future__ import annotations

from typing import Any

import pytest

from everview import App, View
from everview.html import (
    CLICK,
    HTML,
    Button,
    CheckBox,
    Div,
    Form,
    Option,
    P,
    Select,
    Span,
    TextArea,
    TextInput,
)
from everview.html.tree.element import Element
from everview.runtime.instances.instance import Instance
from everview.server.access.keys import Identity
from everview.server.server import Server
from tests.support.server import (
    Page,
    on_server,
    port_of,
    serving,
    ticket_of,
    wait_until,
)

pytestmark = pytest.mark.security

#: Event names: standard ones of browsers, one that the author defined, and undeclared ones.
NAMES = [
    "click", "change", "focus", "blur", "keydown", "keyup", "drop", "submit", "reset", "turned",
    "dblclick", "input", "load", "error", "mouseover", "Click", "click:300", "change:300", "", " ",
    "handle_click", "__init__", "*", "click ", "clic",
]  # fmt: skip


class Everything(View):
    """A view with a node of each kind. Some nodes have handlers that record their events."""

    is_daemon = True
    handled: list[tuple[int, str]]

    def handle_request(self, request: Any) -> HTML:
        self.handled = []

        def record(event: Any) -> None:
            self.handled.append((event.node.node_id, event.name))

        return HTML(
            Button("a", _id="first", handle_click=record), Button("deaf"), P("text", Span("x")),
            Div(events=[CLICK], handle_click=record, handle_turned=record),
            Div(handle_keydown=record, handle_drop=record, handle_focus=record),
            TextInput("a", handle_change=record), TextArea("b", handle_blur=record),
            CheckBox(False, handle_change=record), Select(Option("1"), Option("2"), handle_change=record),
            Form(Button("c"), TextInput("d", handle_change=record), handle_submit=record,
                 handle_reset=record),
        )  # fmt: skip

    def handle_input_event_root(self, event: Any) -> Any:
        """Record an accepted event."""
        self.handled.append((event.node.node_id, event.name))
        return event


def event_app() -> App:
    app = App(__file__, name="events")
    app.route("/")(Everything)
    app.route("/other")(Everything)
    return app


class EventPage(Page):
    """A simulated window that counts its events."""

    document = ""
    number = 0


def page_of(server: Server, url: str = "", user: str = "owner") -> EventPage:
    """Open a window of ``user`` that shows ``url``."""
    page = EventPage(port_of(server))
    page.redeem(ticket_of(server.address("/", Identity(user))))
    if url:
        page.document = page.attach(url)["document"]
    return page


def instance(server: Server, document: str) -> Instance:
    found = on_server(server, lambda: server.runtime.instances[document])
    assert isinstance(found, Instance)
    return found


def handled(server: Server, document: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = instance(server, document).view.handled
    return found


def send_event(page: EventPage, document: str, node: int, name: str, data: Any = None) -> int:
    page.number += 1
    page.socket.send({"t": "event", "number": page.number, "document": document, "node": node,
                     "name": name, "data": data, "frames": 1})  # fmt: skip
    return int(page.number)


def settled(page: EventPage) -> list[int]:
    """Wait until all events are acknowledged. Returns the numbers of the lost events."""
    lost: list[int] = []
    acknowledged = 0
    while acknowledged < page.number:
        message = page.socket.receive()
        lost += [e["number"] for e in message.get("effects", []) if e["t"] == "lost"]
        acknowledged = max(acknowledged, message.get("acknowledged", 0))
        if "frame" in message:
            page.socket.send({"t": "confirm", "frames": 1})
    return lost


def allowed(server: Server, document: str) -> dict[int, set[str]]:
    """Return the declared events of each node. Fields always accept the event "change"."""
    document_ = instance(server, document).document
    found: dict[int, set[str]] = {}
    for node in document_._nodes.values():
        names: set[str] = set()
        if isinstance(node, Element):
            names = {name.partition(":")[0] for name in node._events}
            if node.tag_name in ("input", "textarea", "select"):
                names.add("change")
        found[node.node_id] = names
    return found


def test_undeclared_event_of_any_node_is_lost() -> None:
    """Only declared events are handled, whichever window sends them."""
    with serving(event_app()) as server, page_of(server, "/") as page:
        document = page.document
        declared = allowed(server, document)
        assert sum(map(len, declared.values())) > 15
        ids = [0, *declared, max(declared) + 1, max(declared) + 1000, 2**53]
        sent: dict[int, tuple[int, str]] = {}
        for node in ids:
            for name in NAMES:
                if node == 0 or name == "":
                    continue  # these messages are invalid; test_links tests them
                sent[send_event(page, document, node, name)] = (node, name)
        lost = set(settled(page))
        accepted = {sent[number] for number in sent if number not in lost}
        assert accepted == {(node, name) for node in declared for name in declared[node]
                         if name in NAMES}  # fmt: skip
        assert set(handled(server, document)) <= accepted


@pytest.mark.parametrize("kind", ["another view", "another owner's", "an unknown id"])
def test_event_for_a_node_of_another_view_is_lost(kind: str) -> None:
    with (
        serving(event_app()) as server,
        page_of(server, "/") as shown,
        page_of(server, "/other" if kind == "another view" else "/",
                "owner" if kind == "another view" else "stranger") as page,
    ):  # fmt: skip
        document = "0" * 8 if kind == "an unknown id" else shown.document
        target = shown.document
        assert page.document != target
        for node, names in allowed(server, target).items():
            for name in names:
                send_event(page, document, node, name)
        assert len(settled(page)) == page.number
        assert handled(server, target) == []
        assert handled(server, page.document) == []


def test_event_before_the_first_view_is_lost() -> None:
    with serving(event_app()) as server, page_of(server, "/") as shown:
        document = shown.document
        with page_of(server) as page:
            node = next(n for n, names in allowed(server, document).items() if "click" in names)
            send_event(page, document, node, "click")
            # The window shows no view, so the server sends no update. The number of the event still
            # counts as used.
            page.socket.send({"t": "attach", "url": "/other"})
            assert settled(page) == [1]
        assert handled(server, document) == []


def test_event_for_a_removed_node_is_lost() -> None:
    """Ids are not reused, so an event of an old page cannot reach a new node."""
    with serving(event_app()) as server, page_of(server, "/") as page:
        document = page.document
        view = instance(server, document)
        button: Any = on_server(server, lambda: view.page.root.query_selector("#first"))
        removed = button.node_id
        on_server(server, button.remove)
        send_event(page, document, removed, "click")
        assert settled(page) == [1]
        again = Button("new", handle_click=lambda event: None)
        on_server(server, lambda: view.page.root.append(again))
        assert again.node_id != removed
        assert handled(server, document) == []


def test_event_for_a_removed_handler_is_lost() -> None:
    with serving(event_app()) as server, page_of(server, "/") as page:
        document = page.document
        view = instance(server, document)
        button: Any = on_server(server, lambda: view.page.root.query_selector("#first"))
        send_event(page, document, button.node_id, "click")
        assert settled(page) == []
        assert len(handled(server, document)) == 2
        on_server(server, lambda: setattr(button, "events", []))
        wait_until(lambda: not on_server(server, lambda: button.listens_to("click")), "the handler is removed")
        send_event(page, document, button.node_id, "click")
        assert settled(page) == [2]
        assert len(handled(server, document)) == 2


def test_event_with_the_same_number_is_handled_once() -> None:
    """A click is handled only once, even if the page reconnects."""
    with serving(event_app()) as server, page_of(server, "/") as page:
        document = page.document
        node = next(n for n, names in allowed(server, document).items() if "click" in names)
        for _ in range(5):
            page.number = 0
            send_event(page, document, node, "click")
        credentials = page.credentials
        page.close()
        with EventPage(port_of(server)) as again:
            again.reconnect(credentials)
            again.attach("/")
            send_event(again, document, node, "click")
            again.number = 1
            send_event(again, document, node, "click")
            settled(again)
        names = [name for _, name in handled(server, document)]
        # Two clicks were handled, each by the hook of the view and by the handler.
        assert names == ["click"] * 4


def test_invalid_value_of_a_field_is_refused() -> None:
    """A page cannot give a field an invalid value."""
    with serving(event_app()) as server, page_of(server, "/") as page:
        document = page.document
        tree = instance(server, document)
        before = on_server(server, lambda: _values(tree))
        fields = [n for n, names in allowed(server, document).items() if "change" in names]
        assert len(fields) == 5
        invalid: list[Any] = [{}, [[]], {"a": 1}, [1, 2], 1e308, ["x"], [None], [2**53], [[0]]]
        for node in fields:
            for data in invalid:
                send_event(page, document, node, "change", data)
        settled(page)
        after = on_server(server, lambda: _values(tree))
        assert {type(value) for value in after} == {type(value) for value in before}
        assert all(isinstance(value, (str, bool, tuple, list, type(None))) for value in after)


def _values(tree: Instance) -> list[Any]:
    root: Any = tree.page.root
    return [field.value for field in root.query_selector_all("input, textarea, select")]
