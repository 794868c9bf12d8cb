"""HTTP requests: responses of views, uploads and downloads."""
