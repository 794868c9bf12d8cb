"""The websocket of a window."""
