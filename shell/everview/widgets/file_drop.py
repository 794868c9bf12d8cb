"""`FileDrop`: an area for dropping or choosing files, with a list of the uploaded files.

    self.bucket = Bucket(request, max_files=5, on_add=self.added)
    return HTML(FileDrop(self.bucket, "Drop photographs here"))

The bucket's own handlers are still called for every file.
Threads: the rules of ``everview.html.tree.node`` apply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol

from everview.html import (
    Button,
    Div,
    Element,
    FileInput,
    Keyword,
    Label,
    Li,
    Progress,
    Small,
    Span,
    Ul,
)  # fmt: skip
from everview.html.fields.file_input import FilesGoTo
from everview.html.tree.static_files import StaticFile, StyleSheet
from everview.i18n import _


class ObservableBucket(FilesGoTo, Protocol):
    """The methods of a bucket that `FileDrop` uses. The class is in ``runtime``, a higher layer."""

    on_add: Callable[..., Any] | None
    on_delete: Callable[..., Any] | None
    on_progress: Callable[..., Any] | None

    def remove(self, name: str) -> None:
        """Delete a file."""


class FileDrop(Element):
    """An area for the files of a bucket. Each uploaded file is listed with a button to remove it.

    Args:
        bucket: the bucket for the uploaded files.
        text: the instruction in the area.
        attributes: as for `Element`.
    """

    __slots__ = ("_bar", "_bucket", "_list")
    TAG_NAME = "div"
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/file_drop.css")]

    def __init__(self, bucket: ObservableBucket, text: str = "", **attributes: Keyword) -> None:
        self._bucket = bucket
        text = text or _("Drop files here, or")
        self._list = Ul(aria_label=_("Files"))
        self._bar = Progress(max=1, aria_label=_("Upload"), hidden=True)
        super().__init__(
            Div(
                Label(Span(text), " ", FileInput(bucket, aria_label=text)),
                _class="ev-drop-area",
                data_shell_bucket=bucket.token,
            ),
            self._bar,
            self._list,
            **attributes,
        )
        self.class_list.add("ev-drop")
        bucket.on_add = _after(bucket.on_add, self._update)
        bucket.on_delete = _after(bucket.on_delete, self._update)
        bucket.on_progress = _after(bucket.on_progress, self._show_progress)
        self._update([])

    def _update(self, names: list[str]) -> None:
        with self.lock:
            self._bar.attributes["hidden"] = True
            self._list.nodes = [
                Li(
                    Span(upload.name),
                    " ",
                    Small(_("{size} bytes").format(size=f"{upload.size:,}"), _class="dim"),
                    " ",
                    Button(
                        _("Remove"),
                        aria_label=_("Remove {name}").format(name=upload.name),
                        handle_click=partial(self._remove, upload.name),
                    ),
                )
                for upload in self._bucket.files
            ]

    def _remove(self, name: str, event: object) -> None:
        self._bucket.remove(name)

    def _show_progress(self, transfer: Any) -> None:
        with self.lock:
            self._bar.attributes["value"] = transfer.fraction
            self._bar.attributes["hidden"] = transfer.fraction == 1.0


def _after(first: Callable[..., Any] | None, then: Callable[[Any], None]) -> Callable[..., Any]:
    """Return a handler that calls ``then``, and after it the author's handler ``first``.

    The author's handler can be a plain or an ``async`` function.
    """

    def call(argument: Any) -> Any:
        then(argument)
        return first(argument) if first is not None else None

    return call
