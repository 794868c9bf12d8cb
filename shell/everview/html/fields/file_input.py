"""`FileInput`: where a person chooses files for a bucket (``everview.runtime.transfers.buckets``).

The files go to the bucket as soon as they are chosen, or dropped on the field; the bucket's
handlers hear of them. A file never has a value that other windows could see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from everview.html.tree.element import Element


class FilesGoTo(Protocol):
    """What a field needs to know of a bucket."""

    token: str
    max_files: int | None

    @property
    def accept(self) -> Sequence[str]:
        """Suffixes that are taken."""
        ...

    @property
    def files(self) -> list[Any]:
        """What has arrived."""
        ...


class FileInput(Element):
    """An ``input`` for the files of ``bucket``; several at once, if the bucket takes several."""

    __slots__ = ("bucket",)
    TAG_NAME = "input"

    def __init__(self, bucket: FilesGoTo, **attributes: Any) -> None:
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
        """What has arrived, the oldest first."""
        return self.bucket.files
