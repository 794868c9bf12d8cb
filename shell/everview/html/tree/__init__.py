"""The tree of a view: nodes, elements, the document they are attached to, and its frames.

The modules of this package implement one concept. ``node``, ``element``, ``children``,
``attributes``, ``document`` and ``wire`` use each other's names with one underscore (the links
between siblings, the revisions at which a node was attached, moved and changed). These names are
internal to this package; ``tests/test_layers.py`` checks that no other package uses them. Other
packages use the public names: `Node.node_id`, `Node.parent`, `Node.walk`,
`ParentNode.get_attribute`, `Element.set_attribute`, `Element.mark_changed` and so on.

Modules:

* ``node``: links between nodes, children, and the journal of changes.
* ``element``: attributes, event handlers, selectors.
* ``children``: the children of an element as a mutable sequence.
* ``attributes``, ``attribute_text``: attributes as mappings, and the text of an attribute value.
* ``document``: the tree of one view; snapshots and deltas.
* ``wire``: the encoding of nodes in frames.
* ``safety``: tags, attributes and URLs that a tree must not contain.
* ``selectors``: CSS selectors.
* ``static_files``: style sheets, modules and other files of classes.
* ``events``: names of events.
"""
