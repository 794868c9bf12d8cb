"""Start-up and wiring of a running app: the only package that assembles."""
