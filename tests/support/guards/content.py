"""Guards that limit the content of a page, in Python and in the page itself (T4)."""

from __future__ import annotations

import pytest

from everview.html.tree import element as element_module
from everview.html.tree import safety as safety_module
from everview.runtime.instances import page as page_module
from everview.runtime.routing import responses as responses_module
from everview.server.access import guard as guard_module
from tests.support.guards.case import GuardCase, page_has, replaces


def accept_any_attribute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(element_module, "check_attribute", lambda name, value: value)


def accept_any_redirect(patch: pytest.MonkeyPatch) -> None:
    for module in (responses_module, page_module):
        patch.setattr(module, "is_inside", lambda url: True)


GUARDS = [
    GuardCase("T4", "event attributes are refused (Python)", accept_any_attribute,
              "test_t4_hostile_text.py::test_event_attribute_in_any_case_is_refused"),
    GuardCase("T4", "script schemes are refused (Python)", replaces(safety_module, "is_safe_url", lambda url: True),
              "test_t4_hostile_text.py::test_url_with_script_scheme_is_refused", {"scheme": "javascript"}),
    GuardCase("T4", "unknown schemes are refused (Python)",
              replaces(safety_module, "SAFE_SCHEMES", safety_module.SAFE_SCHEMES | {"intent"}),
              "test_t4_hostile_text.py::test_url_with_script_scheme_is_refused", {"scheme": "intent"}),
    GuardCase("T4", "ignored characters are removed",
              replaces(safety_module, "_IGNORED_IN_URLS", safety_module.re.compile("[^\\s\\S]")),
              "test_t4_hostile_text.py::test_url_with_script_scheme_is_refused", {"scheme": "javascript"}),
    GuardCase("T4", "active elements are refused (Python)", replaces(safety_module, "REFUSED_TAGS", frozenset()),
              "test_t4_hostile_text.py::test_active_element_in_any_case_is_refused"),
    GuardCase("T4", "parsed HTML is checked", accept_any_attribute,
              "test_t4_hostile_text.py::test_nodes_of_parsed_payload_keep_the_rules_of_nodes"),
    GuardCase("T4", "redirects stay in the app", accept_any_redirect,
              "test_t4_hostile_text.py::test_redirect_to_another_site_is_refused", {"url": "//evil.test"}),
    GuardCase("T4", "the policy is sent",
              replaces(guard_module, "PAGE_POLICY", "script-src 'self' 'unsafe-inline' {socket}"),
              "test_t4_hostile_text.py::test_every_response_has_the_page_policy"),
    GuardCase("T4", "active elements are refused (page)",
              page_has("replica/replica.js", "if (REFUSED_TAGS.has(name.toLowerCase()))",
                       "if (false)"),
              "test_t4_browser.py::test_page_refuses_hostile_frames", in_browser=True),
    GuardCase("T4", "event attributes are refused (page)", page_has("replica/replica.js", 'if (kind === "refused")', "if (false)"),
              "test_t4_browser.py::test_page_refuses_hostile_frames", in_browser=True),
    GuardCase("T4", "script schemes are refused (page)", page_has("replica/replica.js", 'kind === "url" && !isSafeUrl(value)', "false"),
              "test_t4_browser.py::test_page_refuses_hostile_frames", in_browser=True),
    GuardCase("T4", "names hide no member (page)",
              page_has("replica/replica.js", 'kind === "name" && isHiding(element, value)', "false"),
              "test_t4_browser.py::test_field_names_do_not_hide_dom_members", in_browser=True),
    GuardCase("T4", "redirects stay in the app (page)",
              page_has("navigation/going.js", "(url) => parse(url)?.origin === location.origin", "() => true"),
              "test_t4_browser.py::test_hostile_effects_neither_leave_the_page_nor_run_scripts", in_browser=True),
    GuardCase("T4", "open effects run no script (page)",
              page_has("navigation/leaving.js", "!/^(https?|mailto|tel):$/.test(target.protocol)", "false"),
              "test_t4_browser.py::test_hostile_open_effect_runs_no_script", in_browser=True),
    GuardCase("T4", "the policy blocks scripts", replaces(guard_module, "PAGE_POLICY", "connect-src 'self' {socket}"),
              "test_t4_browser.py::test_policy_blocks_injected_scripts", in_browser=True),
]  # fmt: skip
