"""`Content`: the place in an app's layout for the tree of the view (`App.frontend_view`)."""

from __future__ import annotations

from everview.html.tree.element import Element


class Content(Element):
    """A ``div`` in the layout. The tree of the view replaces its children."""

    __slots__ = ()
    TAG_NAME = "div"
