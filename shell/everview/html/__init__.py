"""The tree of a view: documents, nodes, element classes, fields and widgets.

The modules of this package are pure Python without I/O. Of the other modules of ``everview``, they
may import only ``errors``, ``i18n`` and ``progress``.
"""

from everview.html.elements import mathml, svg, tags
from everview.html.elements.content import Content
from everview.html.elements.mathml import Math
from everview.html.elements.parse import parse_html
from everview.html.elements.svg import SVG, Svg
from everview.html.elements.tags import *  # noqa: F403  (the table of element classes)
from everview.html.fields.binding import Value
from everview.html.fields.choices import CheckBox, Radio, RadioButton, RadioGroup
from everview.html.fields.date_inputs import (
    DateInput,
    DateTimeInput,
    MonthInput,
    TimeInput,
    WeekInput,
)
from everview.html.fields.file_input import FileInput
from everview.html.fields.form import Form
from everview.html.fields.inputs import Input, InputElement
from everview.html.fields.number_inputs import NumberInput, Range
from everview.html.fields.select import Optgroup, Option, Select
from everview.html.fields.text_inputs import (
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
from everview.html.tree.attribute_text import AttributeValue
from everview.html.tree.document import Document, Frame
from everview.html.tree.element import Element, Handler, Keyword
from everview.html.tree.events import (
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
from everview.html.tree.node import Child, Node, ParentNode, Text
from everview.html.widgets.popup import Popup
from everview.html.widgets.widget import Widget

# Aliases: the names of these classes in Lona.
OptGroup = Optgroup
Option2 = Option
Select2 = Select

__all__ = [
    "BLUR", "CHANGE", "CLICK", "DROP", "FOCUS", "KEYDOWN", "KEYUP", "SUBMIT", "EventType",
    "AttributeValue", "Child", "Handler", "Keyword", "ParentNode", "Widget",
    "Content", "Document", "Frame", "Node", "Element", "Popup", "Text",
    "ButtonInput", "CheckBox", "ColorInput", "DateInput", "DateTimeInput", "EmailInput",
    "FileInput", "HiddenInput", "ImageInput", "Input", "InputElement", "MonthInput", "NumberInput",
    "OptGroup", "Optgroup", "Option", "Option2", "PasswordInput", "Radio", "RadioButton",
    "RadioGroup", "Range", "Reset", "SearchInput", "Select", "Select2", "Submit", "TelInput",
    "TextArea", "TextInput", "TimeInput", "UrlInput", "WeekInput",
    "Form", "Math", "SVG", "Svg", "mathml", "parse_html", "svg", "Value",
]  # fmt: skip
__all__ += tags.__all__
