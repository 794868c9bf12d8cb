"""The tree of a view: documents, nodes, element classes, inputs. Pure Python, no I/O."""

from shell.html.document import Document, Frame
from shell.html.element import Element
from shell.html.events import BLUR, CHANGE, CLICK, FOCUS, KEYDOWN, SUBMIT, EventType
from shell.html.inputs import (
    CheckBox,
    InputElement,
    NumberInput,
    Option,
    PasswordInput,
    Radio,
    Range,
    Select,
    TextArea,
    TextInput,
)
from shell.html.node import Node, Text
from shell.html.popup import Popup
from shell.html.tags import *  # noqa: F403  (the table of element classes)
from shell.html.tags import __all__ as _tags

__all__ = [
    "BLUR", "CHANGE", "CLICK", "FOCUS", "KEYDOWN", "SUBMIT", "EventType",
    "Document", "Frame", "Node", "Element", "Popup", "Text",
    "CheckBox", "InputElement", "NumberInput", "Option", "PasswordInput", "Radio", "Range",
    "Select", "TextArea", "TextInput", *_tags,
]  # fmt: skip
