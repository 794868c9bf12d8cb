"""`Page`: the content of a document, which is the app's layout with a view or an error in it.

Threads: `show` and `root` can be called from any thread, the other methods only on the server
thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from everview.addresses import is_outside
from everview.errors import ForbiddenError, ViewError
from everview.html import HTML, Content, Document, Element, Node
from everview.html.tree.safety import is_inside
from everview.runtime.execution import error_page
from everview.runtime.execution.activity import Activity, Spawn, change, in_thread, run
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import (
    HttpRedirectResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
    own_url,
)
from everview.runtime.routing.site import Site
from everview.runtime.windows.effects import Load, OpenTab, Redirect
from everview.runtime.windows.publisher import Publisher
from everview.runtime.windows.window import Window

logger = logging.getLogger("everview.view")


class Page:
    """The page of one instance.

    Args:
        document: The document of the instance.
        publisher: Sends effects to its windows.
        site: The layout, views for errors and other settings of the app.
        request: The request that the instance was started for.
        spawn: Starts threads.
        title: The title of an error page, if the document has no title.
    """

    def __init__(
        self,
        document: Document,
        publisher: Publisher,
        site: Site,
        request: Request,
        spawn: Spawn,
        title: str,
    ) -> None:
        self._document = document
        self._publisher = publisher
        self._site = site
        self._request = request
        self._spawn = spawn
        self._title = title
        self._content: Element = document.root
        self._redirect: Redirect | Load | OpenTab | None = None

    @property
    def root(self) -> Element | None:
        """The root of the view, without the layout of the app.

        This property can be read without a lock.
        """
        root = self._content.first_child
        return root if isinstance(root, Element) else None

    def show(self, html: Node | str) -> None:
        """Show a tree, or a string as a tree."""
        node = html if isinstance(html, Element) else HTML(html)
        with self._document.lock:
            if node.parent is not self._content or list(self._content.nodes) != [node]:
                self._content.nodes = [node]

    def attached(self, window: Window) -> None:
        """Redirect a window that was attached after the view had returned a redirect."""
        if self._redirect is not None:
            window.add_effect(self._redirect)

    async def build_layout(self, activity: Activity) -> None:
        """Show the layout of the app. The tree of the view goes into its `Content`."""
        build = self._site.layout
        if build is None:
            return
        layout = await run(activity, build, (self._request,), self._spawn)
        contents = layout.query_selector_all("*") if isinstance(layout, Element) else []
        contents = [node for node in [layout, *contents] if isinstance(node, Content)]
        if len(contents) != 1:
            raise ViewError("a layout must return nodes with exactly one Content() for the view")
        await self._change(lambda: setattr(self._document.root, "nodes", [layout]))
        self._content = contents[0]

    async def show_response(self, response: object) -> None:
        """Show the return value of ``handle_request``. Raises `ViewError` if it is not valid."""
        if isinstance(response, RedirectResponse):
            self._redirect = Redirect(own_url(response.url))
        elif isinstance(response, HttpRedirectResponse):
            if not is_inside(response.url) and not is_outside(response.url):
                raise ViewError(f"a redirect cannot lead to {response.url!r}")
            self._redirect = (
                Load(response.url) if is_inside(response.url) else OpenTab(response.url)
            )
        else:
            node = await self.node_of(response)
            await self._change(lambda: self._show_node(node))
            return
        self._publisher.effect(self._redirect)

    def _show_node(self, response: object) -> None:
        self._document.progress = None
        if response is None:
            return
        if isinstance(response, Response):
            raise ViewError(
                f"{type(response).__name__} is a response over HTTP: its route needs "
                "interactive=False"
            )
        if not isinstance(response, (Node, str)):
            raise ViewError(
                f"handle_request returned {response!r}; return a node, a string, a response or "
                "None, or call self.show(...)"
            )
        self.show(response)

    async def node_of(self, response: object) -> object:
        """Render a template response to nodes. Return any other response unchanged."""
        if not isinstance(response, (TemplateResponse, TemplateStringResponse)):
            return response
        templates = self._site.templates
        if templates is None:
            raise ViewError("this app has no templates")
        render = (
            partial(templates.render, response.name, response.context)
            if isinstance(response, TemplateResponse)
            else partial(templates.render_string, response.string, response.context)
        )
        return await in_thread(render, "template", self._spawn)

    async def fail(
        self, activity: Activity, error: BaseException, start_again: Callable[[InputEvent], object]
    ) -> None:
        """Show the error page of the app, or else of Everview, after a refusal or a failure."""
        forbidden = isinstance(error, ForbiddenError)
        page = await self._own_error_page(activity, error, 403 if forbidden else 500)
        if page is None and forbidden:
            page = error_page.forbidden_page(error)
        elif page is None:
            title = self._document.title or self._title
            page = error_page.failed_page(title, error, start_again)
        await self._change(lambda: self._show_node(page))

    async def _own_error_page(
        self, activity: Activity, error: BaseException, status: int
    ) -> Node | str | None:
        view = self._site.error_views.get(status)
        if view is None:
            return None
        try:
            shown = await run(activity, view, (self._request, error), self._spawn)
            page = await self.node_of(shown)
        except Exception:  # If the app's error page fails, Everview's error page is shown.
            logger.exception("the error view for %s failed", self._request.url)
            return None
        return page if isinstance(page, (Node, str)) else None

    async def _change(self, function: Callable[[], None]) -> None:
        await change(self._document.lock, function, self._spawn)
