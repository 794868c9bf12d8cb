"""HTTP requests: static files, answers of views, uploads, downloads, pass-through routes."""
