"""The client's files, which the server sends to pages."""
