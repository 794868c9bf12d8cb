"""Widgets: nodes with a script in the page, and data that both sides share."""
