"""`FileInput`: a field for choosing files for a bucket (``everview.runtime.transfers.buckets``).

Files are uploaded to the bucket as soon as they are chosen or dropped on the field, and the
bucket's handlers are called. A chosen file is shown only in the window in which it was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from everview.html.tree.element import Element, Keyword


class FilesGoTo(Protocol):
    """The methods of a bucket that fields use. The class is in ``runtime``, a higher layer."""

    token: str
    max_files: int | None

    @property
    def accept(self) -> Sequence[str]:
        """The accepted suffixes of file names."""
        ...

    @property
    def files(self) -> list[Any]:
        """The uploaded files."""
        ...


class FileInput(Element):
    """A field for files. Several can be chosen at once, unless the bucket accepts only one.

    Args:
        bucket: the bucket for the uploaded files.
        attributes: as for `Element`.
    """

    __slots__ = ("bucket",)
    TAG_NAME = "input"

    def __init__(self, bucket: FilesGoTo, **attributes: Keyword) -> None:
        super().__init__(**attributes)
        self.bucket = bucket
        self.attributes["type"] = "file"
        self.attributes["data-shell-bucket"] = bucket.token
        if bucket.max_files != 1:
            self.attributes["multiple"] = ""
        if bucket.accept:
            self.attributes["accept"] = ",".join(bucket.accept)

    @property
    def files(self) -> list[Any]:
        """The uploaded files, the oldest first."""
        return self.bucket.files
