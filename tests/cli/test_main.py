"""``everview``, the authors' tool: real processes and real exit codes.

The tests start processes in the checkout, so that commands apply to our own app.
"""

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
from everview.application.control import AddressCommand, send_command
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
COMMANDS = ["run", "serve", "open", "ls", "stop", "quit", "address", "doctor"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def running(home: Path) -> Iterator[Serving]:
    """A process that serves our own app."""
    with Serving(home) as serving:
        yield serving


def refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert that a command failed, with one line with ``words`` on stderr and no stdout."""
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stderr.startswith("everview: ")
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr


def shown(page: Page, url: str = "/counter/") -> str:
    return json.dumps(page.attach(url))


# commands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_each_command_has_help(home: Path, command: str) -> None:
    ended = everview(home, *command.split(), "--help")
    assert ended.returncode == 0
    assert f"usage: everview {command}".rstrip() in ended.stdout
    assert ended.stderr == ""
    if not command:
        assert all(name in ended.stdout for name in COMMANDS)
        assert everview(home).stdout == ended.stdout, "without a command the help is printed"


def test_version_is_printed(home: Path) -> None:
    ended = everview(home, "--version")
    assert (ended.returncode, ended.stdout) == (0, f"everview {__version__}\n")


def test_first_line_of_serve_is_a_one_time_address(running: Serving) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#[\w-]{43}", running.address)
    with running.page() as page:
        assert "Counter" in shown(page)
    with pytest.raises(Closed):
        running.page()


def test_serve_uses_the_given_port(home: Path) -> None:
    with serving() as other:
        port = int(other.guard.authority.rpartition(":")[2])
    with Serving(home, "--port", str(port)) as serving_there:
        assert serving_there.port == port


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_serve_with_exit_code_0(home: Path, how: signal.Signals) -> None:
    with Serving(home) as serving_it:
        with serving_it.page() as page:
            page.attach("/counter/")
            serving_it.process.send_signal(how)
            assert serving_it.wait() == 0
            assert page.socket.closed() == 1001
    assert serving_it.stderr() == ""
    assert not (home / "everview" / "run" / "control").exists()


def test_address_prints_a_new_address_each_time(home: Path, running: Serving) -> None:
    first, second = (
        everview(home, "address").stdout,
        everview(home, "address", "/counter/?q=1").stdout,
    )
    assert first != second
    assert "/counter/?q=1#" in second
    for address in (first, second):
        with Page(running.port).redeem(ticket_of(address.strip())) as page:
            assert "Counter" in shown(page)


def test_ls_lists_daemon_views(home: Path, running: Serving) -> None:
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


def test_ls_into_a_closed_pipe_is_not_an_error(home: Path, running: Serving) -> None:
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


def test_quit_lists_stopped_views_and_waits_for_the_end_of_the_app(home: Path) -> None:
    with Serving(home) as first:
        with first.page() as page:
            document = page.attach("/countdown/")["document"]
            assert document
            ended = everview(home, "quit")
        assert ended.returncode == 0
        assert re.fullmatch(r"stopped .+ \(.+\)\n", ended.stdout)
        # `quit` returns after the process has ended, so the next start succeeds at once.
        with Serving(home) as second:
            assert second.port
        assert first.wait() == 0


def test_start_without_a_display_prints_a_reason_and_serves(home: Path) -> None:
    for command in (("-m", "everview", "run"), ("-m", "everview", "open"), ("-m", "everview", "open", "/counter/")):
        with Serving(home, command=command) as opened:
            assert "display" in opened.stderr()
            assert "browser" in opened.stderr()
            assert ("/counter/#" in opened.address) == (len(command) == 4)
            with opened.page() as page:
                assert "Counter" in shown(page)
            opened.process.terminate()
            assert opened.wait() == 0


def test_second_open_prints_an_address_of_the_running_app(home: Path, running: Serving) -> None:
    ended = everview(home, "open", "/counter/")
    assert ended.returncode == 0
    assert ended.stdout.startswith(f"http://127.0.0.1:{running.port}/counter/#")
    with Page(running.port).redeem(ticket_of(ended.stdout.strip())) as page:
        assert "Counter" in shown(page)


def test_fifty_clients_at_once_get_an_address_each(home: Path, running: Serving) -> None:
    """The test opens fifty connections at once, and starts some processes."""
    run = home / "everview" / "run"
    with ThreadPoolExecutor(50) as pool:
        command = AddressCommand("/counter/")
        answers = [pool.submit(send_command, run, command) for _ in range(50)]
        addresses = {future.result().address for future in answers}
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda _: everview(home, "address"), range(16)))
    assert [process.returncode for process in ended] == [0] * 16
    addresses |= {process.stdout.strip() for process in ended}
    assert len(addresses) == 66
    for address in addresses:
        with Page(running.port).redeem(ticket_of(address)) as page:
            assert page.credentials["key"]


# a single file ----------------------------------------------------------------------------------


@pytest.fixture
def own_app(tmp_path: Path) -> Path:
    path = tmp_path / "my_view.py"
    path.write_text(OWN_APP)
    return path


@pytest.mark.parametrize("by_command", [True, False], ids=["serve FILE", "python FILE"])
def test_single_file_is_served(home: Path, own_app: Path, by_command: bool) -> None:
    command = ["-m", "everview", "serve", str(own_app)] if by_command else [str(own_app)]
    with Serving(home, command=command) as served:
        with served.page() as page:
            assert "hello of my own" in shown(page, "/")
        served.process.terminate()
        assert served.wait() == 0
        assert served.stderr() == ""


def test_single_file_runs_next_to_another_app(
    home: Path, own_app: Path, running: Serving
) -> None:
    with Serving(home, command=["-m", "everview", "serve", str(own_app)]) as own:
        assert own.port != running.port


def test_second_start_of_a_single_file_is_refused(home: Path, own_app: Path) -> None:
    with Serving(home, command=[str(own_app)]):
        refused(everview(home, "serve", str(own_app)), "running already")
        ended = subprocess.run([sys.executable, str(own_app)], cwd=ROOT, env=environment(home),
                               capture_output=True, text=True, timeout=4 * PATIENCE, check=False)  # fmt: skip
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)


# errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "port", ["-1", "65536", "99999999999999999999", "http", "", "8.5", "²", " 1"]
)
def test_invalid_port_is_refused(home: Path, port: str) -> None:
    refused(everview(home, "serve", f"--port={port}"), "port", "0 to 65535")


def test_port_in_use_is_refused(home: Path) -> None:
    with serving() as other:
        port = other.guard.authority.rpartition(":")[2]
        refused(everview(home, "serve", "--port", port), port, "in use", "port 0")


def test_second_serve_is_refused_with_the_commands_to_type(home: Path, running: Serving) -> None:
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
def test_file_without_an_app_is_refused_with_its_line(
    tmp_path: Path, home: Path, content: str | None, words: list[str]
) -> None:
    path = tmp_path / "my_view.py"
    if content is not None:
        path.write_text(content)
    refused(everview(home, "serve", str(path)), str(path), *words)


def test_folder_without_a_table_is_refused(tmp_path: Path, home: Path) -> None:
    refused(everview(home, "serve", str(tmp_path)), str(tmp_path), "pyproject.toml", "[tool.everview]")


@pytest.mark.parametrize(
    "url", ["counter", "//evil.test", "/\\evil", "http://x/", "", "/a b", "/#x"]
)
@pytest.mark.parametrize("command", ["open", "address"])
def test_invalid_url_is_refused(home: Path, command: str, url: str) -> None:
    refused(everview(home, command, url), "not a path of the app")


def test_unknown_url_is_refused(home: Path, running: Serving) -> None:
    refused(everview(home, "open", "/nowhere"), "/nowhere", "no view")
    refused(everview(home, "address", "/nowhere?x=1"), "/nowhere", "no view")


def test_unknown_id_is_refused(home: Path, running: Serving) -> None:
    refused(everview(home, "stop", "unknown"), "unknown", "everview ls")


@pytest.mark.parametrize("command", ["ls", "ls --json", "stop x", "quit", "address"])
def test_command_without_a_running_app_is_refused(home: Path, command: str) -> None:
    refused(everview(home, *command.split()), "Everview is not running", "'everview run' starts it")


@pytest.mark.parametrize("command", ["none", "stop", "ls x", "open / /", "quit --force"])
def test_invalid_command_line_is_refused(home: Path, command: str) -> None:
    ended = everview(home, *command.split())
    refused(ended, "--help")
    assert ended.returncode == 2


def test_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for command in ("serve", "open", "ls"):
        refused(everview(tmp_path / "file", command), str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
def test_home_without_write_permission_is_refused(tmp_path: Path) -> None:
    """The process runs as another account, because root can write everywhere."""
    ended = subprocess.run(
        [sys.executable, "-c",
         "import sys; sys.path.insert(0, sys.argv[1]); import everview.application.startup, os; from everview.cli.main"
         " import main; os.setgid(65534); os.setuid(65534); sys.exit(main(['ls', '--app', 'everview']))", str(ROOT)],
        env=environment(Path("/no-such-home")), capture_output=True, text=True, check=False,
        timeout=4 * PATIENCE, cwd="/",
    )  # fmt: skip
    refused(ended, "/no-such-home")
