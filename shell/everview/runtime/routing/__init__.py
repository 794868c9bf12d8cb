"""From a URL to a view or a response."""
