"""T4: hostile text in views is shown or refused. These tests need no browser."""

from __future__ import annotations

import json
import re

import pytest

from everview.addresses import is_outside
from everview.errors import EverviewError, UnsafeHTMLError, ViewError
from everview.html import A, Div, Img, parse_html
from everview.html.elements.markup import markup
from everview.html.elements.tags import element
from everview.html.tree.safety import (
    check_attribute,
    check_tag,
    is_safe_url,
)
from everview.runtime.routing.responses import own_url
from everview.server.server import Server
from tests.security.make_payloads import PATH, payloads
from tests.support.hostile import PAYLOADS, REFUSALS, SLOTS
from tests.support.server import port_of, request

pytestmark = pytest.mark.security


def test_corpus_is_up_to_date() -> None:
    assert json.loads(PATH.read_text()) == payloads()
    assert len(set(PAYLOADS)) >= 500


@pytest.mark.parametrize("slot", SLOTS)
def test_payload_in_any_slot_is_shown_or_refused(slot: str) -> None:
    """Only the exceptions in `REFUSALS` are allowed. Other exceptions would end the view."""
    made = 0
    for payload in PAYLOADS:
        for node in SLOTS[slot](payload):
            made += 1
            assert node.tag_name
    assert made > len(PAYLOADS) / 4


@pytest.mark.parametrize("scheme", ["javascript", "vbscript", "data", "JAVASCRIPT", "feed", "view-source",
                                    "filesystem", "about", "livescript", "file", "chrome", "intent"])
def test_url_with_script_scheme_is_refused(scheme: str) -> None:
    for before in ("", " ", "\t", "\x00", "\x1f\n", "\xa0"):
        for within in ("", "\t", "\n", "\r\n", "\x00"):
            url = f"{before}{scheme[:2]}{within}{scheme[2:]}{within}:hit()"
            assert not is_safe_url(url), url
            for name in ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "HREF"):
                with pytest.raises(UnsafeHTMLError):
                    check_attribute(name, url)


def test_event_attribute_in_any_case_is_refused() -> None:
    for name in ("onclick", "ONCLICK", "oNload", "on", "onanything", "srcdoc", "SRCDOC"):
        for node in (Div(), Img(), element("x-y")):
            with pytest.raises(UnsafeHTMLError):
                node.attributes[name] = "hit()"


def test_active_element_in_any_case_is_refused() -> None:
    for tag in ("script", "iframe", "object", "embed", "base", "meta", "link", "style", "template", "set",
                "animate", "animateMotion", "animateTransform", "portal", "frame", "applet", "noscript"):
        for name in (tag, tag.upper(), tag.title()):
            with pytest.raises(UnsafeHTMLError):
                check_tag(name)
            with pytest.raises(UnsafeHTMLError):
                element(name)
            for text in (f"<{name}>", f"<p><{name} x=1>", f"<svg><{name}>", f"<math><{name}/></math>"):
                if tag == "frame" and "svg" not in text and "math" not in text:
                    # The parser drops a frame element outside a frameset.
                    assert "frame" not in markup(Div(parse_html(text)))
                    continue
                with pytest.raises(UnsafeHTMLError):
                    parse_html(text)


def test_refused_value_leaves_the_attribute_unchanged() -> None:
    link = A("x", href="/there")
    for payload in PAYLOADS:
        try:
            link.attributes["href"] = payload
        except REFUSALS:
            assert link.attributes["href"] == "/there"
        else:
            link.attributes["href"] = "/there"


OUTSIDE = ["//evil.test", "/\\evil.test", "\\\\evil.test", "/\t/evil.test", "\t//evil.test", "http://evil.test",
           "javascript:hit()", "java\nscript:hit()", "data:text/html,x", " javascript:hit()", "mailto:a@b.test"]


@pytest.mark.parametrize("url", OUTSIDE)
def test_redirect_to_another_site_is_refused(url: str) -> None:
    """A URL from an untrusted parameter (``?next=``) stays in the app or is refused."""
    with pytest.raises(ViewError, match="not a URL of this app"):
        own_url(url)
    for inside in ("/", "/a/b?c=//evil.test#d", "?x=javascript:y", "#part", "/javascript:x"):
        assert own_url(inside) == inside


def test_outside_urls_are_web_pages_and_contacts() -> None:
    for url in ("javascript:hit()", "data:text/html,x", "file:///etc/passwd", "java\tscript:x", "blob:x", "ws://x"):
        assert not is_outside(url)
    assert all(is_outside(url) for url in ("https://a.test/", "HTTP://a.test", "mailto:a@b.test", "tel:1"))


def test_every_response_has_the_page_policy(server: Server) -> None:
    port = port_of(server)
    for reply in (request(port, "/"), request(port, "/_everview/main.js"), request(port, "/_everview/none"),
                  request(port, "/", hosts=["evil.test"]), request(port, "/", method="POST")):
        (policy,) = reply.all("Content-Security-Policy")
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert reply.all("X-Content-Type-Options") == ["nosniff"]
        assert reply.all("Referrer-Policy") == ["no-referrer"]
        assert reply.all("Cross-Origin-Opener-Policy") == ["same-origin"]
        assert reply.all("Cross-Origin-Resource-Policy") == ["same-origin"]
        assert reply.all("X-Frame-Options") == ["DENY"]


def test_nodes_of_parsed_payload_keep_the_rules_of_nodes() -> None:
    """Nodes that are parsed from a payload obey the same rules as nodes created in Python."""
    for payload in PAYLOADS:
        try:
            nodes = parse_html(payload)
        except EverviewError:
            continue
        for node in Div(nodes).query_selector_all("*"):
            check_tag(node.tag_name)
            for name, value in node.attributes.items():
                check_attribute(name, value)
                assert not re.match(r"on|srcdoc\Z", name, re.IGNORECASE)
