"""`Waiting`: events, forms and questions that a view waits for.

Threads: methods can be called from any thread. Coroutines run on the server thread.
"""

from __future__ import annotations

import asyncio
from typing import TypeVar, cast

from everview.authoring.showing import Showing
from everview.errors import ViewError
from everview.html import Form, Node, Popup
from everview.html.tree.node import Child
from everview.runtime.execution.activity import check_stopped, running_loop
from everview.runtime.execution.input_event import InputEvent

D = TypeVar("D")


class Waiting(Showing):
    """The services that wait for the user, inherited by `View` and `AsyncView`."""

    def _fill_in(self, form: Form[D], html: Node | str | None, timeout: float | None) -> D | None:
        """Show ``form`` and wait until it is submitted.

        If the caller is on the server thread, return a coroutine.
        """
        if html is None and form.document is None:
            html = form
        if html is not None:
            self.show(html)
            self.focus(form.focus_target)
        if running_loop() is self._instance.loop:
            return cast(D | None, self._answer_of(form, timeout))
        while True:
            # The form is read in this thread, because reading it calls the author's dataclass,
            # which may block.
            event = self._call(self._submission, form, timeout)
            ended, answer = form.answer(event)
            if ended:
                return answer
            self.focus(form.focus_target)

    async def _answer_of(self, form: Form[D], timeout: float | None) -> D | None:
        while True:
            event = await self._call_async(self._submission, form, timeout)
            ended, answer = form.answer(event)
            if ended:
                return answer
            self.focus(form.focus_target)

    async def _submission(self, form: Form[D], timeout: float | None) -> InputEvent:
        return await self._instance.wait_for_event(form.endings, (form,), timeout)

    async def _ask(self, question: str, answers: tuple[str, ...], details: Child) -> str | None:
        """Show the question of `View.ask` in a pop-up and wait for the answer."""
        html = self.html
        if html is None:
            raise ViewError("ask() needs a view that shows something: call self.show(...) first")
        popup = Popup(question, details, answers=answers)
        await self._instance.change(lambda: html.append(popup))
        self.show()
        self.focus(popup.buttons[-1])
        try:
            while True:
                event = await self._instance.wait_for_event((), [popup, *popup.buttons], None)
                answered, answer = popup.answer_of(event)
                if answered:
                    return answer
        finally:
            await self._instance.change(popup.remove)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _pong(self) -> str:
        return "pong"

    def _ping(self) -> str | None:
        """Return the result of ``ping`` if the caller runs in a thread; None on the server thread.

        Long loops call ``ping`` often. Avoiding a call to the server thread saves 60 us.
        """
        if running_loop() is self._instance.loop:
            return None
        check_stopped()
        return "pong"
