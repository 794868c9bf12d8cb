"""The main job, from source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.driver import RunningApp
from tests.support.main_job import do_the_main_job

pytestmark = pytest.mark.native


def test_the_main_job(app: RunningApp, tmp_path: Path) -> None:
    do_the_main_job(app, tmp_path / "files")
