"""The tree of a view: documents, nodes, element classes, inputs. Pure Python, no I/O."""

from shell.html import mathml, svg
from shell.html.binding import Value
from shell.html.choices import CheckBox, Radio, RadioButton, RadioGroup
from shell.html.content import Content
from shell.html.date_inputs import DateInput, DateTimeInput, MonthInput, TimeInput, WeekInput
from shell.html.document import Document, Frame
from shell.html.element import Element
from shell.html.events import (
    BLUR,
    CHANGE,
    CLICK,
    DROP,
    FOCUS,
    KEYDOWN,
    KEYUP,
    SUBMIT,
    EventType,
)
from shell.html.file_input import FileInput
from shell.html.form import Form
from shell.html.inputs import Input, InputElement
from shell.html.mathml import Math
from shell.html.node import Node, Text
from shell.html.number_inputs import NumberInput, Range
from shell.html.parse import parse_html
from shell.html.popup import Popup
from shell.html.select import Optgroup, Option, Select
from shell.html.svg import SVG, Svg
from shell.html.tags import *  # noqa: F403  (the table of element classes)
from shell.html.tags import __all__ as _tags
from shell.html.text_inputs import (
    ButtonInput,
    ColorInput,
    EmailInput,
    HiddenInput,
    ImageInput,
    PasswordInput,
    Reset,
    SearchInput,
    Submit,
    TelInput,
    TextArea,
    TextInput,
    UrlInput,
)

# The spellings of the reference framework.
OptGroup = Optgroup
Option2 = Option
Select2 = Select

__all__ = [
    "BLUR", "CHANGE", "CLICK", "DROP", "FOCUS", "KEYDOWN", "KEYUP", "SUBMIT", "EventType",
    "Content", "Document", "Frame", "Node", "Element", "Popup", "Text",
    "ButtonInput", "CheckBox", "ColorInput", "DateInput", "DateTimeInput", "EmailInput",
    "FileInput", "HiddenInput", "ImageInput", "Input", "InputElement", "MonthInput", "NumberInput",
    "OptGroup", "Optgroup", "Option", "Option2", "PasswordInput", "Radio", "RadioButton",
    "RadioGroup", "Range", "Reset", "SearchInput", "Select", "Select2", "Submit", "TelInput",
    "TextArea", "TextInput", "TimeInput", "UrlInput", "WeekInput",
    "Form", "Math", "SVG", "Svg", "mathml", "parse_html", "svg", "Value", *_tags,
]  # fmt: skip
