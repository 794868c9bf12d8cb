"""The threads and processes that run the code of views."""
