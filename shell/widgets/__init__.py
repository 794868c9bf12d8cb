"""Ready parts for views, made with the public widget API alone (`shell.html.widget`).

    from shell.widgets import (Column, FileDrop, Icon, Log, Plot, Popup, ProgressBar, Tabs, Tree,
                               VirtualTable)

Each has an example in its docstring. What one person chooses in a window (a tab, a sort order, an
open folder) stays in that window; what Python says is for all. A short message is no part: it is
`View.notice`, and a question is `View.ask`.

May import ``shell.html`` only: what these parts can do, an author's can.
"""

from shell.html.popup import Popup
from shell.widgets.file_drop import FileDrop
from shell.widgets.icon import ICONS, Icon
from shell.widgets.log import Log
from shell.widgets.plot import Plot
from shell.widgets.progress_bar import ProgressBar
from shell.widgets.row_source import Column
from shell.widgets.tabs import Tabs
from shell.widgets.tree import Tree
from shell.widgets.virtual_table import VirtualTable

__all__ = [
    "ICONS", "Column", "FileDrop", "Icon", "Log", "Plot", "Popup", "ProgressBar", "Tabs", "Tree",
    "VirtualTable",
]  # fmt: skip
