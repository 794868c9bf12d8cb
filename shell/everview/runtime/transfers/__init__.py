"""Uploads and downloads of windows. HTTP itself is in ``everview.server.http``."""
