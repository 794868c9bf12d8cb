"""A window from which a file can be dragged: ``python drag_source.py FILE``."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """A label that can be dragged as a file. The label prints a line when it is visible on the
    screen.
    """

    painted = False

    def paintEvent(self, event: object) -> None:  # noqa: N802  (Qt's name)
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            sys.stdout.write("painted\n")
            sys.stdout.flush()

    def mouseMoveEvent(self, event: object) -> None:  # noqa: N802  (Qt's name)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


application = QApplication(["source"])
source = Source("drag me")
source.setWindowTitle("drag source")
source.setGeometry(1300, 900, 200, 150)
source.show()
application.exec()
