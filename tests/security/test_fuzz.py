"""Short fuzzing runs with a fixed seed. ``python dev.py fuzz`` runs longer.

Each failure that fuzzing found has a regression test below.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import logging
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everview import App
from everview.errors import EverviewError, LinkError
from everview.html import Div, parse_html
from everview.runtime.transfers.buckets import safe_name
from everview.runtime.windows.messages import decode
from everview.server.http.replies import local_path
from tests.security.fuzz import TARGETS
from tests.support.database import OpenDatabase
from tests.support.server import ROOT, exchange, head, port_of, serving
from tests.support.transfers import one_time_path

pytestmark = pytest.mark.security

CORPUS = ROOT / "tests" / "security" / "fuzz" / "corpus"
RUNS = {"messages": 10_000, "fields": 3_000, "control": 5_000, "names": 10_000, "html": 4_000,
        "rows": 10_000, "database": 20, "requests": 1_000}  # fmt: skip


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("target", TARGETS)
def test_short_fuzzing_run_finds_no_failure(target: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.security.fuzz", target, "--runs", str(RUNS[target])],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert f"Done {RUNS[target]} runs" in ended.stderr
    # The fuzzer measures the coverage of the code under test.
    assert "INFO: Instrumenting" in ended.stderr or "cov: " in ended.stderr


@pytest.mark.parametrize("target", sorted(set(TARGETS) - {"requests"}))
def test_corpus_is_accepted_or_refused(target: str) -> None:
    """This test runs even if the fuzzer is not installed."""
    module = importlib.import_module(f"tests.security.fuzz.{target}")
    found = sorted((CORPUS / target).iterdir())
    assert len(found) >= 5
    for path in found:
        module.one(path.read_bytes())


# tests with hypothesis: valid input with one mistake --------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
WORDS = st.sampled_from(
    """<p> </p> <ul> <li> </ul> <table> <tr> <td> </table> <select> <option> </select> <svg> <circle/> </svg>
    <math> <mi> </math> <foreignObject> <textarea> </textarea> <title> </title> <form> </form> <button> <br> <!--
    --> <![CDATA[ ]]> <! <? < > &amp; &#60; </ <input type=number value=x> <a href='x'> <b style='c:d'> text
    <input type=date min=a> <optgroup label=x> <div hidden> <p class="a b"> = ' " \x00""".split()
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from("t nonce url document node name number data seen on do text".split()),
                       JSON | st.sampled_from(["hello", "event", "attach", "confirm", "error", "window"]), max_size=7))
def test_any_message_is_accepted_or_refused(message: dict[str, Any]) -> None:
    with contextlib.suppress(LinkError):
        decode(json.dumps(message))


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=25).map("".join) | st.text(max_size=60))
def test_any_html_is_accepted_or_refused(text: str) -> None:
    try:
        nodes = parse_html(text)
    except EverviewError:
        return
    Div(nodes)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_event_data_is_accepted_or_refused(data: Any) -> None:
    importlib.import_module("tests.security.fuzz.fields").one(json.dumps(data).encode())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_name_becomes_a_safe_name(name: str) -> None:
    safe = safe_name(name)
    assert safe not in ("", ".", "..")
    assert safe_name(safe) == safe


# regression tests of former failures ------------------------------------------------------------


@pytest.mark.parametrize("text", ["<![", "<![x]>", "<![CDATAYx", "<![if x]>a<![endif]>", "<p><![ y", "<![CDATA[x]]>b"])
def test_invalid_marked_section_does_not_fail(text: str) -> None:
    assert isinstance(parse_html(text), list)


@pytest.mark.parametrize("name", [". . .", " . ", ".\u3000.", "..", "a" * 70 + " " * 60 + "b" * 60,
                                  "a" * 80 + "." + "b" * 15 + " c"])
def test_name_of_dots_and_spaces_is_not_a_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe.strip(" .") == safe != ""


def test_redirect_with_a_tab_is_followed() -> None:
    assert local_path("/\t/evil.test/x") == "/evil.test/x"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--b"),
        ("multipart/form-data; boundary=b", b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=a\r\n"
         b"Content-Transfer-Encoding: x\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 200, b"--b--"),
        ("application/x-www-form-urlencoded; charset=none", b"a=1"),
    ],
)
def test_invalid_form_is_a_client_error(
    kind: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(__file__, name="forms")

    @app.route("/form", interactive=False)
    def form(request: Any) -> str:
        return "accepted"

    with serving(app) as server, caplog.at_level(logging.ERROR):
        port = port_of(server)
        headers = [("Host", f"127.0.0.1:{port}"), ("Content-Type", kind),
                   ("Content-Length", str(len(body))), ("Connection", "close")]  # fmt: skip
        reply = exchange(port, head("POST", one_time_path(server, "/form"), headers) + body)
        assert reply.status in (200, 400)
        assert caplog.records == []


HOSTILE = [
    "create table facts (name text primary key, value); insert into facts values ('unended', 'x')",
    "create table facts (name text primary key, value); insert into facts values ('unended', -5)",
    "create table notes (name text primary key, data); insert into notes values ('windows', 10000000000000)",
    "create table checkpoints (user, url, title, data, saved); insert into checkpoints values ('o', '/', 'T', x'31', null)",
    "create table checkpoints (user, url, title, data, saved); insert into checkpoints values ('o', '//evil', 'T', x'31', 1)",
    "create table checkpoints (user, url, title, data, saved); insert into checkpoints values (cast(x'ff' as text), '/', 'T', x'31', 1)",
    "create view checkpoints as with recursive n(i) as (select 1 union all select i+1 from n) "
    "select 'o' user, '/' url, 'T' title, x'31' data, 1.0 saved from n",
    "create table facts (name text primary key, value integer not null) strict; "
    "create trigger t after insert on facts begin delete from facts; end",
    "create table other (a)",
]


@pytest.mark.parametrize("statements", HOSTILE)
def test_app_starts_if_the_database_has_other_tables(tmp_path: Path, statements: str) -> None:
    path = tmp_path / "everview.db"
    path.touch(mode=0o600)
    database = sqlite3.connect(path)
    database.executescript(statements)
    database.close()
    with OpenDatabase(path) as opened:
        assert opened.checkpoints.all() == []
        assert opened.database.contents.crashes == 0
        assert opened.database.set_aside is not None


def test_app_starts_if_a_checkpoint_is_nested_too_deeply(tmp_path: Path) -> None:
    path = tmp_path / "everview.db"
    OpenDatabase(path).close()
    database = sqlite3.connect(path)
    database.execute("insert into checkpoints values ('o', '/', 'T', ?, 1.0)", (b"[" * 90_000 + b"]" * 90_000,))
    database.commit()
    database.close()
    again = OpenDatabase(path)
    again.close()
    assert again.database.set_aside is not None
    assert again.database.contents.crashes == 0
