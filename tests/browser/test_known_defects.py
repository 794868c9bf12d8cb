"""Defects of the reference framework that are visible in a page.

The numbers in the test names refer to the list of known defects. Tests of the other defects are in
tests/html.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import HTML, P, Pre, Span, Text
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

TEXTS = [
    "<b>bold</b>", "&amp; & &lt; &copy", "  leading", "trailing  ", "\tta\tb", "a\n\nb", " ", "0",
    "<script>document.title = 'ran'</script>", "<img src=x onerror=\"document.title = 'ran'\">",
    "<!-- a -->", "]]>", "🎈𝔘", "\u202eright", "a\u00a0b", "'\"", "</main>", "{{x}}",
]  # fmt: skip


def test_defect_7_text_is_not_parsed_as_html(app: App, served: ServedApp, open_page: Open) -> None:
    """The reference framework shows `<b>`, `&`, leading blanks and tabs incorrectly."""

    @app.route("/")
    class Texts(View):
        is_daemon = True

        def handle_request(self, request):
            self.changed = Text("-")
            return HTML((P(text, title=text) for text in TEXTS), Pre(TEXTS[4]), Span(self.changed))

    page = open_page()
    expect(page.locator("main p")).to_have_count(len(TEXTS))
    shown = page.evaluate("[...document.querySelectorAll('main p')].map(p => p.textContent)")
    assert shown == TEXTS
    titles = page.evaluate("[...document.querySelectorAll('main p')].map(p => p.title)")
    assert titles == TEXTS
    assert page.evaluate("document.querySelectorAll('main p *').length") == 0
    assert page.evaluate("document.querySelector('pre').innerText") == TEXTS[4]
    view = served.only_instance().view
    for text in TEXTS:  # set the same texts in an existing text node
        view.changed.set_text(text)
        view.html.nodes[0].attributes["lang"] = str(TEXTS.index(text))
        expect(page.locator(f"p[lang='{TEXTS.index(text)}']")).to_have_count(1)
        assert page.evaluate("document.querySelector('main span').textContent") == text
    assert page.title() != "ran"
