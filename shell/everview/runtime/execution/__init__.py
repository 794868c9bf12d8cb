"""Running author code: handlers, waits, channels, and the activity of the current code."""
