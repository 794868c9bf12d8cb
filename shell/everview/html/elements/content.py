"""`Content`: the place in an app's frame where the view's own tree goes (`App.frontend_view`)."""

from __future__ import annotations

from everview.html.tree.element import Element


class Content(Element):
    """A ``div``; what is in it is replaced by the view."""

    __slots__ = ()
    TAG_NAME = "div"
