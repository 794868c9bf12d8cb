"""Handlers, waiting, and the activity that the current code belongs to."""
