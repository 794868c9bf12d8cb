"""Test the main job of the Duplicates view with the app that runs from source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.driver import RunningApp
from tests.support.main_job import do_the_main_job

pytestmark = pytest.mark.native


def test_main_job_with_three_windows_finds_all_duplicates(app: RunningApp, tmp_path: Path) -> None:
    do_the_main_job(app, tmp_path / "files")
