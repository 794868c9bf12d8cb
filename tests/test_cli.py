"""The command line, as a person at a terminal has it: real processes, real exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from everview import __version__
from tests.support.server import (
    PATIENCE,
    ROOT,
    Closed,
    Page,
    Serving,
    environment,
    everview,
    serving,
    ticket_of,
    wait_until,
)  # fmt: skip

OWN_APP = """
from everview import App, View
from everview.html import HTML, H1

app = App(__file__)

@app.route("/")
class Hello(View):
    def handle_request(self, request):
        return HTML(H1("hello of my own"))

if __name__ == "__main__":
    app.run(headless=True)
"""
COMMANDS = ["open", "serve", "ls", "stop", "quit", "address"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def running(home: Path) -> Iterator[Serving]:
    """The shipped app, served."""
    with Serving(home) as serving:
        yield serving


def refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line on stderr that has ``words``, nothing on stdout, an exit code that is not 0."""
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stderr.startswith("everview: ")
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr


def shown(page: Page, url: str = "/counter/") -> str:
    return json.dumps(page.attach(url))


# what works -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_there_for_each_command(home: Path, command: str) -> None:
    ended = everview(home, *command.split(), "--help")
    assert ended.returncode == 0
    assert f"usage: everview {command}".rstrip() in ended.stdout
    assert ended.stderr == ""
    if not command:
        assert all(name in ended.stdout for name in COMMANDS)


def test_the_version(home: Path) -> None:
    ended = everview(home, "--version")
    assert (ended.returncode, ended.stdout) == (0, f"everview {__version__}\n")


def test_the_first_line_of_serve_is_a_one_time_address(running: Serving) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#[\w-]{43}", running.address)
    with running.page() as page:
        assert "Counter" in shown(page)
    with pytest.raises(Closed):
        running.page()  # once


def test_serve_takes_a_port(home: Path) -> None:
    with serving() as other:  # a port that was free a moment ago
        port = int(other.guard.authority.rpartition(":")[2])
    with Serving(home, "--port", str(port)) as serving_there:
        assert serving_there.port == port


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_serve_with_0(home: Path, how: signal.Signals) -> None:
    with Serving(home) as serving_it:
        with serving_it.page() as page:
            page.attach("/counter/")
            serving_it.process.send_signal(how)
            assert serving_it.wait() == 0
            assert page.socket.closed() == 1001
    assert serving_it.stderr() == ""
    assert not (home / "everview" / "run" / "control").exists()


def test_address_prints_a_fresh_one(home: Path, running: Serving) -> None:
    first, second = (
        everview(home, "address").stdout,
        everview(home, "address", "/counter/?q=1").stdout,
    )
    assert first != second
    assert "/counter/?q=1#" in second
    for address in (first, second):
        with Page(running.port).redeem(ticket_of(address.strip())) as page:
            assert "Counter" in shown(page)


def test_ls_lists_what_runs(home: Path, running: Serving) -> None:
    assert everview(home, "ls").stdout == "No views are running.\n"
    assert json.loads(everview(home, "ls", "--json").stdout) == []
    with running.page() as page:
        page.attach("/counter/")
        (view,) = json.loads(everview(home, "ls", "--json").stdout)
        assert {"id", "url", "title", "state", "progress", "age", "windows"} == set(view)
        assert (view["url"], view["title"], view["windows"]) == ("/counter/", "Counter", 1)
        titles, row = everview(home, "ls").stdout.splitlines()
        assert titles.split() == ["ID", "STATE", "PROGRESS", "AGE", "WINDOWS", "TITLE", "URL"]
        assert row.startswith(view["id"])
        assert row.endswith("/counter/")
    wait_until(lambda: json.loads(everview(home, "ls", "--json").stdout)[0]["windows"] == 0,
               "the closed window is no longer counted")  # fmt: skip


def test_ls_into_a_program_that_ends_is_no_error(home: Path, running: Serving) -> None:
    ended = subprocess.run(
        ["/bin/bash", "-c", f"{sys.executable} -m everview ls | true; exit ${{PIPESTATUS[0]}}"],
        cwd=ROOT, env=environment(home), capture_output=True, text=True,
        timeout=4 * PATIENCE, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")


def test_stop_ends_a_view(home: Path, running: Serving) -> None:
    with running.page() as page:
        page.attach("/counter/")
        (view,) = json.loads(everview(home, "ls", "--json").stdout)
        ended = everview(home, "stop", view["id"])
        assert (ended.returncode, ended.stderr) == (0, "")
        assert json.loads(everview(home, "ls", "--json").stdout) == []
        refused(everview(home, "stop", view["id"]), "everview ls")


def test_quit_says_what_it_ends_and_the_next_start_finds_none(home: Path) -> None:
    with Serving(home) as first:
        with first.page() as page:
            document = page.attach("/countdown/")["document"]
            assert document
            ended = everview(home, "quit")
        assert ended.returncode == 0
        assert re.fullmatch(r"stopped .+ \(.+\)\n", ended.stdout)
        # `quit` has waited for the end: no wait here.
        with Serving(home) as second:
            assert second.port
        assert first.wait() == 0


def test_open_without_a_display_says_so_and_serves(home: Path) -> None:
    for command in (("-m", "everview"), ("-m", "everview", "open"), ("-m", "everview", "open", "/counter/")):
        with Serving(home, command=command) as opened:
            assert "display" in opened.stderr()
            assert "browser" in opened.stderr()
            assert ("/counter/#" in opened.address) == (len(command) == 4)
            with opened.page() as page:
                assert "Counter" in shown(page)
            opened.process.terminate()
            assert opened.wait() == 0


def test_a_second_open_gives_an_address_of_the_first(home: Path, running: Serving) -> None:
    ended = everview(home, "open", "/counter/")
    assert ended.returncode == 0
    assert ended.stdout.startswith(f"http://127.0.0.1:{running.port}/counter/#")
    with Page(running.port).redeem(ticket_of(ended.stdout.strip())) as page:
        assert "Counter" in shown(page)


def test_fifty_clients_at_once_get_an_address_each(home: Path, running: Serving) -> None:
    """Real processes, as many at once as two cores make sense for; and fifty connections at once."""
    from everview.application.control import Address, ask

    run = home / "everview" / "run"
    with ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(ask, run, Address("/counter/")) for _ in range(50)]
        addresses = {future.result()["address"] for future in asked}
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda _: everview(home, "address"), range(16)))
    assert [process.returncode for process in ended] == [0] * 16
    addresses |= {process.stdout.strip() for process in ended}
    assert len(addresses) == 66
    for address in addresses:
        with Page(running.port).redeem(ticket_of(address)) as page:
            assert page.credentials["key"]


# an author's own app ----------------------------------------------------------------------------


@pytest.fixture
def own_app(tmp_path: Path) -> Path:
    path = tmp_path / "my_view.py"
    path.write_text(OWN_APP)
    return path


@pytest.mark.parametrize("by_command", [True, False], ids=["serve FILE", "python FILE"])
def test_an_own_app_is_served(home: Path, own_app: Path, by_command: bool) -> None:
    command = ["-m", "everview", "serve", str(own_app)] if by_command else [str(own_app)]
    with Serving(home, command=command) as served:
        with served.page() as page:
            assert "hello of my own" in shown(page, "/")
        served.process.terminate()
        assert served.wait() == 0
        assert served.stderr() == ""


def test_an_own_app_runs_beside_the_shipped_one(
    home: Path, own_app: Path, running: Serving
) -> None:
    with Serving(home, command=["-m", "everview", "serve", str(own_app)]) as own:
        assert own.port != running.port


def test_an_own_app_runs_once(home: Path, own_app: Path) -> None:
    with Serving(home, command=[str(own_app)]):
        refused(everview(home, "serve", str(own_app)), "running already")
        ended = subprocess.run([sys.executable, str(own_app)], cwd=ROOT, env=environment(home),
                               capture_output=True, text=True, timeout=4 * PATIENCE, check=False)  # fmt: skip
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)


# errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "port", ["-1", "65536", "99999999999999999999", "http", "", "8.5", "²", " 1"]
)
def test_a_bad_port(home: Path, port: str) -> None:
    refused(everview(home, "serve", f"--port={port}"), "port", "0 to 65535")


def test_a_port_in_use(home: Path) -> None:
    with serving() as other:
        port = other.guard.authority.rpartition(":")[2]
        refused(everview(home, "serve", "--port", port), port, "in use", "port 0")


def test_a_second_serve(home: Path, running: Serving) -> None:
    refused(everview(home, "serve"), "running already", "everview address", "everview quit")
    assert everview(home, "ls").returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["no file"]),
        ("", ["app = App(__file__)"]),
        ("x = 1\n", ["app = App(__file__)"]),
        ("x = = 1\n", ["line 1", "not Python"]),
        ("def f():\npass\n", ["line 2", "not Python"]),
        ("\n\nraise ValueError('two\\nlines')\n", ["line 3", "ValueError", "two lines"]),
        ("import no_such_module_x\n", ["line 1", "no_such_module_x"]),
        ("x = 1 / 0\n", ["line 1", "ZeroDivisionError"]),
        ("import sys\nsys.exit(0)\n", ["line 2", "SystemExit"]),
        ("\x00", ["not Python"]),
    ],
    ids=str,
)
def test_a_file_without_an_app(
    tmp_path: Path, home: Path, content: str | None, words: list[str]
) -> None:
    path = tmp_path / "my_view.py"
    if content is not None:
        path.write_text(content)
    refused(everview(home, "serve", str(path)), str(path), *words)


def test_a_folder_is_no_file(tmp_path: Path, home: Path) -> None:
    refused(everview(home, "serve", str(tmp_path)), "no file")


@pytest.mark.parametrize(
    "url", ["counter", "//evil.test", "/\\evil", "http://x/", "", "/a b", "/#x"]
)
@pytest.mark.parametrize("command", ["open", "address"])
def test_what_is_no_url(home: Path, command: str, url: str) -> None:
    refused(everview(home, command, url), "not a path of the app")


def test_an_unknown_url(home: Path, running: Serving) -> None:
    refused(everview(home, "open", "/nowhere"), "/nowhere", "no view")
    refused(everview(home, "address", "/nowhere?x=1"), "/nowhere", "no view")


def test_an_unknown_id(home: Path, running: Serving) -> None:
    refused(everview(home, "stop", "unknown"), "unknown", "everview ls")


@pytest.mark.parametrize("command", ["ls", "ls --json", "stop x", "quit", "address"])
def test_nothing_runs(home: Path, command: str) -> None:
    refused(everview(home, *command.split()), "not running", "everview")


@pytest.mark.parametrize("command", ["none", "stop", "ls x", "open / /", "quit --force"])
def test_a_command_line_that_is_not_understood(home: Path, command: str) -> None:
    ended = everview(home, *command.split())
    refused(ended, "--help")
    assert ended.returncode == 2


def test_a_home_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for command in ("serve", "open", "ls"):
        refused(everview(tmp_path / "file", command), str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
def test_a_home_that_may_not_be_written(tmp_path: Path) -> None:
    """As an account that may not write there; root may everywhere."""
    from tests.support.server import environment as environment_of

    ended = subprocess.run(
        [sys.executable, "-c",
         "import sys; sys.path.insert(0, sys.argv[1]); import everview.application.startup, os; from everview.cli.main"
         " import main; os.setgid(65534); os.setuid(65534); sys.exit(main(['ls']))", str(ROOT)],
        env=environment_of(Path("/no-such-home")), capture_output=True, text=True, check=False,
        timeout=4 * PATIENCE, cwd="/",
    )  # fmt: skip
    refused(ended, "/no-such-home")
