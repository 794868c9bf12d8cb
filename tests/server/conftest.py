"""A started server for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from everview.server.server import Server
from tests.support.server import serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server
