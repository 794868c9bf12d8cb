"""Guards of what a page may contain, in Python and in the page itself (T4)."""

from __future__ import annotations

import sys

import pytest

from everview.html.elements import parse as parse_module
from everview.html.tree import safety as safety_module
from everview.runtime.instances import page as page_module
from everview.runtime.routing import responses as responses_module
from everview.server.access import guard as guard_module
from tests.support.guards.case import GuardCase, page_has, replaces


def accept_any_attribute(patch: pytest.MonkeyPatch) -> None:
    for module in (sys.modules["everview.html.tree.element"], parse_module):
        patch.setattr(module, "check_attribute", lambda name, value, tag="": value)


def accept_any_redirect(patch: pytest.MonkeyPatch) -> None:
    for module in (responses_module, page_module):
        patch.setattr(module, "is_inside", lambda url: True)


GUARDS = [
    GuardCase("T4", "event attributes (Python)", accept_any_attribute,
              "test_t4_hostile_text.py::test_an_event_attribute_is_refused_in_every_writing"),
    GuardCase("T4", "schemes (Python)", replaces(safety_module, "is_safe_url", lambda url: True),
              "test_t4_hostile_text.py::test_a_scheme_that_may_run_scripts_is_refused", {"scheme": "javascript"}),
    GuardCase("T4", "unknown schemes (Python)",
              replaces(safety_module, "SAFE_SCHEMES", safety_module.SAFE_SCHEMES | {"intent"}),
              "test_t4_hostile_text.py::test_a_scheme_that_may_run_scripts_is_refused", {"scheme": "intent"}),
    GuardCase("T4", "ignored letters in schemes",
              replaces(safety_module, "_IGNORED_IN_URLS", safety_module.re.compile("[^\\s\\S]")),
              "test_t4_hostile_text.py::test_a_scheme_that_may_run_scripts_is_refused", {"scheme": "javascript"}),
    GuardCase("T4", "elements (Python)", replaces(safety_module, "REFUSED_TAGS", frozenset()),
              "test_t4_hostile_text.py::test_elements_that_run_or_load_are_refused_in_every_writing"),
    GuardCase("T4", "parsed text is checked", accept_any_attribute,
              "test_t4_hostile_text.py::test_parsed_text_has_no_more_than_nodes_have"),
    GuardCase("T4", "a redirect stays here", accept_any_redirect,
              "test_t4_hostile_text.py::test_a_view_cannot_be_made_to_lead_elsewhere", {"url": "//evil.test"}),
    GuardCase("T4", "the policy is sent",
              replaces(guard_module, "PAGE_POLICY", "script-src 'self' 'unsafe-inline' {socket}"),
              "test_t4_hostile_text.py::test_every_answer_has_the_policy"),
    GuardCase("T4", "elements (page)",
              page_has("replica/replica.js", "if (REFUSED_TAGS.has(name.toLowerCase()))",
                       "if (false)"),
              "test_t4_browser.py::test_the_page_refuses_hostile_frames_by_itself", in_browser=True),
    GuardCase("T4", "attributes (page)", page_has("replica/replica.js", 'if (kind === "refused")', "if (false)"),
              "test_t4_browser.py::test_the_page_refuses_hostile_frames_by_itself", in_browser=True),
    GuardCase("T4", "schemes (page)", page_has("replica/replica.js", 'kind === "url" && !isSafeUrl(value)', "false"),
              "test_t4_browser.py::test_the_page_refuses_hostile_frames_by_itself", in_browser=True),
    GuardCase("T4", "no name hides a member (page)",
              page_has("replica/replica.js", 'kind === "name" && HIDING.has(value)', "false"),
              "test_t4_browser.py::test_names_of_fields_hide_nothing_that_the_page_needs", in_browser=True),
    GuardCase("T4", "the page stays here (page)",
              page_has("navigation/going.js", "(url) => parse(url)?.origin === location.origin", "() => true"),
              "test_t4_browser.py::test_a_hostile_server_cannot_make_the_page_go_or_run", in_browser=True),
    GuardCase("T4", "no script is opened (page)",
              page_has("navigation/leaving.js", "!/^(https?|mailto|tel):$/.test(target.protocol)", "false"),
              "test_t4_browser.py::test_a_hostile_server_cannot_open_a_script", in_browser=True),
    GuardCase("T4", "the policy holds", replaces(guard_module, "PAGE_POLICY", "connect-src 'self' {socket}"),
              "test_t4_browser.py::test_the_policy_keeps_back_what_slips_through", in_browser=True),
]  # fmt: skip
