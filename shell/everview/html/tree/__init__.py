"""The tree: nodes, documents, attributes, children, and what one change of them costs."""
