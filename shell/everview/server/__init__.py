"""aiohttp in a background thread: the guard, the page's files, links, the control channel."""
