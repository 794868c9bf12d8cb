"""Views with typical mistakes. A comment ``wrong: ...`` marks each line that type checkers must report.

This module is never run. The module ``correct_views`` has the same views without mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from everview import App, AsyncView, InputEvent, Message, Request, StopReason, View
from everview.html import HTML, Button, CheckBox, DateInput, Div, Form, NumberInput, P, TextInput
from everview.widgets import Column, Plot, VirtualTable

app = App(__file__)


@dataclass
class Person:
    name: str
    age: int
    birthday: date | None = None


def count_primes(limit: int, first: int = 2) -> int:
    return limit - first


@app.route("/fields")
class Fields(View):
    is_daemon = "yes"  # wrong: type of an attribute of the class

    def handle_request(self, request: Request) -> HTML:
        self.number = NumberInput(3, min=1)
        self.text = TextInput("x")
        self.birthday = DateInput(date(2000, 2, 29))
        self.box = CheckBox(True)
        more = Button("More", handle_click=self.more)  # wrong: the handler takes no event
        odd = Div(data_x=object())  # wrong: not the value of an attribute
        self.set_title(5)  # wrong: type of an argument
        return HTML(self.number, self.text, self.birthday, self.box, more, odd)

    def changed(self, event: InputEvent) -> None:
        half: float = self.number.value / 2  # wrong: the number may be None
        self.notice(half)  # wrong: a number instead of a string

    def more(self) -> None:
        self.number.value.upper()  # wrong: a number is used as a string
        self.birthday.value + timedelta(days=1)  # wrong: the date may be None
        name: str = self.box.value  # wrong: a bool is used as a string
        count: int = self.text.value  # wrong: a string is used as a number
        self.notice(name * count, kind="eror")  # wrong: unknown literal
        self.html.class_list.add("clicked")  # wrong: the shown tree may be None

    def on_stop(self) -> None:  # wrong: the hook must accept a reason
        pass

    @classmethod
    def instance_key(cls, request: Request) -> list[str]:  # wrong: the key is not hashable
        return [request.url]


@app.route("/plain")
class Plain(View):
    def handle_request(self, request: Request) -> int:  # wrong: a number cannot be shown
        self.subscribe("stops", self.stopped)  # wrong: the handler takes two arguments
        start = Button("Start")
        event = self.await_click(start, time_out=60)  # wrong: keyword of a method
        event = self.await_click("Start")  # wrong: a string is not a node
        self.set_title(event.nod.tag_name)  # wrong: name of an attribute
        self.show(5)  # wrong: a number cannot be shown
        person = self.await_form(Form(Person))
        self.set_title(person.name)  # wrong: the result may be None, after a cancel
        if person is not None:
            self.set_title(person.age)  # wrong: type of a field of the form
            self.set_title(person.nam)  # wrong: name of a field of the form
        self.run_in_process(count_primes, "ten")  # wrong: type of an argument of the function
        self.run_in_process(count_primes, 10, last=3)  # wrong: keyword of the function
        self.run_in_thread(count_primes, "ten")  # wrong: type of an argument of the function
        text: str = self.run_in_process(count_primes, 10)  # wrong: type of the result
        self.ask("Right?", "Yes", "No").upper()  # wrong: the answer may be None
        self.progress(text)  # wrong: a string instead of a number
        return 5

    def stopped(self, message: Message, reason: StopReason) -> None:
        self.set_title(message.topic)

    def choose(self, event: InputEvent) -> None:
        self.download(self.choose_file("Table"))  # wrong: the result may be None, after a cancel
        self.choose_file(suffix=".csv")  # wrong: keyword of a method
        self.server.quit("now")  # wrong: unknown literal

    async def wait(self, event: InputEvent) -> None:
        await self.sleep(1)  # wrong: await in a synchronous view


@app.route("/widgets")
class Widgets(View):
    def handle_request(self, request: Request) -> HTML:
        column = Column("square", align="centre")  # wrong: unknown literal of a layout
        plot = Plot("a", x="date")  # wrong: unknown literal of an axis
        plot.append("1.5", 2)  # wrong: a string instead of a number
        return HTML(VirtualTable([column], [(1,)], label="Squares"), plot)

    def handle_input_event(self, node: HTML, event: InputEvent) -> None:  # wrong: hook with two arguments
        self.set_title(event.name)


@app.route("/async")
class Async(AsyncView):
    async def handle_request(self, request: Request) -> P:
        button = Button("Start")
        event = self.await_click(button)
        self.set_title(event.name)  # wrong: await is missing
        self.sleep(1)  # wrong: await is missing
        primes: int = self.run_in_process(count_primes, 10)  # wrong: await is missing
        person = await self.await_form(Form(Person))
        return P(person.name, primes)  # wrong: the result may be None, after a cancel
