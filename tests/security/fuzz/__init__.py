"""Fuzzing of all parsers of untrusted input, one module for each.

    python dev.py fuzz                        all targets, a minute each
    python dev.py fuzz html --minutes 60      one of them, longer

Each module has ``one(data)``, which gives some bytes to the real code and raises if anything comes
of it but a result or a refusal. ``corpus/TARGET/`` is where it begins: inputs of every kind, and all
that ever went wrong. ``tests/security/test_fuzz.py`` runs each for some seconds, always alike.
"""

TARGETS = ("messages", "fields", "control", "names", "html", "rows", "database", "requests")
