"""Ready parts for views, made with the public widget API alone (`everview.html.widgets.widget`).

    from everview.widgets import (Column, FileDrop, Icon, Log, Plot, Popup, ProgressBar, Tabs, Tree,
                               VirtualTable)

Each has an example in its docstring. What one person chooses in a window (a tab, a sort order, an
open folder) stays in that window; what Python says is for all. A short message is no part: it is
`View.notice`, and a question is `View.ask`.

May import ``everview.html`` only: what these parts can do, an author's can.
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
