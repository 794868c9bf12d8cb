"""The view in the README runs without changes."""

from __future__ import annotations

import re
from pathlib import Path

from everview.testing import SimulatedApp

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_first_view_of_the_readme_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {"__name__": "readme", "__file__": "readme.py"}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102  (our own README)
    with SimulatedApp(names["app"]) as simulated:
        window, other = simulated.open("/"), simulated.open("/")
        window.click("Increment")
        other.wait_text("span", "11")


def test_every_file_that_the_readme_links_to_exists() -> None:
    root = Path(__file__).parent.parent
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []
