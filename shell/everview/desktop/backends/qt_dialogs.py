"""Dialogs of Qt: messages, and choosing files and folders.

Threads: all functions are called on Qt's thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from everview.runtime.windows.platform import Dialog

#: Returns the result of a closed dialog; its argument is the code of Qt's ``finished`` signal.
Result = Callable[[int], str | None]


def make_dialog(parent: QWidget, dialog: Dialog) -> tuple[QDialog, Result]:
    """Create the Qt dialog for ``dialog``. Also returns the function that gets its result."""
    if dialog.kind == "message":
        return _make_message(parent, dialog)
    return _make_file_dialog(parent, dialog)


def _make_message(parent: QWidget, dialog: Dialog) -> tuple[QDialog, Result]:
    box = QMessageBox(parent)
    box.setWindowTitle(dialog.title)
    box.setText(dialog.text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    buttons = {
        box.addButton(text, QMessageBox.ButtonRole.AcceptRole): text for text in dialog.buttons
    }
    # The Return and Escape keys press the last button, which is the harmless one. Dialogs in the
    # page do the same.
    last = list(buttons)[-1]
    box.setDefaultButton(last)
    box.setEscapeButton(last)

    def result(code: int) -> str | None:
        clicked = box.clickedButton()
        return next((text for button, text in buttons.items() if button is clicked), None)

    return box, result


def _make_file_dialog(parent: QWidget, dialog: Dialog) -> tuple[QDialog, Result]:
    chooser = QFileDialog(parent, dialog.title)
    if dialog.kind == "folder":
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
    elif dialog.kind == "save":
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.selectFile(dialog.name)
    else:
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
    if dialog.suffixes:
        chooser.setNameFilter(" ".join(f"*{suffix}" for suffix in dialog.suffixes))

    def result(code: int) -> str | None:
        chosen = chooser.selectedFiles()
        return chosen[0] if code and chosen else None

    return chooser, result
