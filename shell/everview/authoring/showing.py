"""`Showing`: the content of a view, and short commands to its windows.

Threads: methods can be called from any thread.
"""

from __future__ import annotations

from collections.abc import Mapping

from everview.authoring.base import ViewBase
from everview.html import Element, Node
from everview.runtime.routing.responses import own_url
from everview.runtime.windows.effects import Focus, Notice, NoticeKind, Redirect, ViewMessage


class Showing(ViewBase):
    """The services that show content, inherited by `View` and `AsyncView`."""

    @property
    def html(self) -> Element | None:
        """The root of the tree that the windows show, or None."""
        return self._instance.page.root

    def show(
        self,
        html: Node | str | None = None,
        title: str | None = None,
        *,
        template: str = "",
        template_string: str = "",
        context: Mapping[str, object] | None = None,
    ) -> None:
        """Show a tree or a template in every window of this view, and send all changes.

        The call never blocks.

        Args:
            html: The new tree. A string is shown as text. None: keep the old tree, and send its
                changes.
            title: The new title of the windows.
            template: The name of a template to show instead of ``html``.
            template_string: The text of a template to show instead of ``html``.
            context: The variables of the template.

        Raises:
            ViewError: The view has ended.
            TemplateError: The template does not exist or has an error.
        """
        templates = self._instance.site.templates
        if templates is not None and template:
            html = templates.render(template, context or {})
        elif templates is not None and template_string:
            html = templates.render_string(template_string, context or {})
        self._instance.show(html, title)

    def set_title(self, title: str) -> None:
        """Set the title of every window that shows this view."""
        self._instance.document.title = str(title)

    def notice(self, text: str, kind: NoticeKind = "info") -> None:
        """Show a short notice in the windows of this view.

        Args:
            text: The text of the notice.
            kind: An "error" is shown longer, and screen readers announce it at once.
        """
        self._effect(Notice(str(text), kind))

    def focus(self, node: Element) -> None:
        """Move the keyboard focus of every window of this view to ``node``."""
        instance = self._instance
        # The id is read later, on the server thread. At that time, a node that was just shown has
        # an id.
        publisher = instance.publisher
        instance.loop.call_soon_threadsafe(lambda: publisher.effect(Focus(node.node_id)))

    def redirect(self, url: str) -> None:
        """Open another URL of the app in the windows of this view.

        Raises:
            ViewError: ``url`` is not a path of this app.
        """
        self._effect(Redirect(own_url(url)))

    def send_str(self, string: str) -> None:
        """Send a string to the scripts in the pages of this view.

        A JavaScript module in ``STATIC_FILES`` receives the string as the ``detail``
        of an "everview-message" event:
        ``addEventListener("everview-message", (event) => console.log(event.detail))``.
        """
        self._effect(ViewMessage(str(string)))
