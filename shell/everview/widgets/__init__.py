"""Ready-made components for views, based only on the public widget API (`everview.html.Widget`).

    from everview.widgets import (Column, FileDrop, Icon, Log, Plot, Popup, ProgressBar, Tabs, Tree,
                               VirtualTable)

Each class has an example in its docstring. Choices of the user in a window (a tab, a sort order, an
open folder) affect only that window. Changes by Python affect all windows. For a short message use
`View.notice`, for a question `View.ask`.

The modules of this package import only ``everview.html``, so authors can write similar components
in the same way.
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
