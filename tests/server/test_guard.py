"""`Guard`: which requests it refuses and which headers it sends, without a socket."""

from __future__ import annotations

import pytest

from everview.server.access.guard import Guard

OWN = "127.0.0.1:4711"


@pytest.fixture
def guard() -> Guard:
    return Guard("127.0.0.1", 4711)


def test_request_to_own_address_is_accepted(guard: Guard) -> None:
    assert guard.refusal("/counter/", [OWN], []) is None
    assert guard.refusal("/", [OWN], ["same-origin"]) is None
    assert guard.refusal("/", [OWN], ["none"]) is None
    assert guard.socket_refusal([f"http://{OWN}"]) is None


@pytest.mark.parametrize("hosts", [[], ["localhost:4711"], [OWN, OWN], ["127.0.0.1"]], ids=str)
def test_request_to_another_host_is_refused_with_the_right_address(
    guard: Guard, hosts: list[str]
) -> None:
    assert f"http://{OWN}/" in (guard.refusal("/", hosts, []) or "")


@pytest.mark.parametrize("target", ["", "*", "http://127.0.0.1:4711/", "evil.test:80"])
def test_target_that_is_not_a_path_is_refused(guard: Guard, target: str) -> None:
    assert guard.refusal(target, [OWN], [])


@pytest.mark.parametrize("sites", [["cross-site"], ["same-site"], [""], ["none", "x"]], ids=str)
def test_request_from_another_site_is_refused(guard: Guard, sites: list[str]) -> None:
    assert guard.refusal("/", [OWN], sites)


@pytest.mark.parametrize("origins", [[], ["null"], [OWN], [f"http://{OWN}/"]], ids=str)
def test_socket_from_another_origin_is_refused(guard: Guard, origins: list[str]) -> None:
    assert guard.socket_refusal(origins)


def test_page_policy_allows_own_sources_only(guard: Guard) -> None:
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in guard.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' ws://{OWN}"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
