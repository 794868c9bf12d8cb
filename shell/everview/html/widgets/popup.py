"""`Popup`: a modal dialog above the page.

While the dialog is shown, it has the focus, and the page behind it cannot be used. Afterwards the
focus returns to the element that had it before (``static/popup.js``). The answer of Escape is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from everview.html.elements.tags import H2, Button, Div
from everview.html.tree.events import KEYDOWN
from everview.html.tree.node import Child
from everview.html.tree.static_files import Script
from everview.html.widgets.widget import Widget

_numbers = count(1)


class Popup(Widget):
    """A dialog with a title, any content and a button for each answer.

        popup = Popup("Settings", form, answers=("Save", "Cancel"))
        view.html.append(popup)
        answered, answer = popup.answer_of(view.await_input_event(popup, *popup.buttons))
        popup.remove()

    For a plain question use `View.ask`. With other content, wait for an event of ``buttons`` or of
    the pop-up; `answer_of` returns the answer.

    Args:
        title: the heading.
        children: the content, as for `Element`.
        answers: the texts of the buttons; the first one is the main answer.
    """

    __slots__ = ("buttons",)
    MODULE = Script("static/popup.js")
    CLASS_LIST = ("popup-back",)
    EVENTS = (KEYDOWN,)

    def __init__(self, title: str, *children: Child, answers: Sequence[str] = ("OK",)) -> None:
        title_id = f"popup-{next(_numbers)}"
        self.buttons = [
            Button(answer, _class="primary" if index == 0 else None)
            for index, answer in enumerate(answers)
        ]
        super().__init__(
            Div(
                H2(title, _id=title_id),
                children,
                Div(self.buttons, _class="row"),
                _class="popup",
                role="alertdialog",
                aria_modal=True,
                aria_labelledby=title_id,
            )
        )

    def answer_of(self, event: Any) -> tuple[bool, str | None]:
        """Return the user's answer, if ``event`` contains one.

        Args:
            event: the `InputEvent`.

        Returns:
            A pair: whether the event is an answer, and the text of the pressed button (None for
            Escape).
        """
        if event.name == "keydown":
            is_escape = isinstance(event.data, dict) and event.data.get("key") == "Escape"
            return is_escape, None
        answered = next((button for button in self.buttons if button in event.nodes), None)
        return answered is not None, answered.get_text() if answered is not None else None
