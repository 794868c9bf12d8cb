"""The HTTP server, which runs aiohttp in a background thread: access checks, files, links."""
