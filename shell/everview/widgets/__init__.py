"""Ready-made components for views, based only on the public widget API (`everview.html.Widget`).

    from everview.widgets import (Column, FileDrop, Icon, Log, Plot, Popup, ProgressBar, Tabs, Tree,
                               VirtualTable)

Each class has an example in its docstring. What a person chooses in a window (a tab, a sort order,
an open folder) affects that window only; what Python sets affects all windows. For a short message
use `View.notice`, for a question `View.ask`.

These modules import only ``everview.html``: authors can write such components with the same means.
"""

from everview.html.widgets.popup import Popup
from everview.widgets.file_drop import FileDrop
from everview.widgets.icon import ICONS, Icon
from everview.widgets.log import Log
from everview.widgets.plot import Plot
from everview.widgets.progress_bar import ProgressBar
from everview.widgets.row_source import Column
from everview.widgets.tabs import Tabs
from everview.widgets.tree import Tree
from everview.widgets.virtual_table import VirtualTable

__all__ = [
    "ICONS", "Column", "FileDrop", "Icon", "Log", "Plot", "Popup", "ProgressBar", "Tabs", "Tree",
    "VirtualTable",
]  # fmt: skip
