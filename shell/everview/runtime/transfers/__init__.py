"""Uploads and downloads, without HTTP."""
