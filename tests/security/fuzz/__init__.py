"""Fuzzing of all parsers of untrusted input, with one module for each parser.

    python dev.py fuzz                        all targets, a minute each
    python dev.py fuzz html --minutes 60      one of them, longer

Each module has a function ``one(data)`` that passes bytes to the real code. The function raises an
exception unless the code returns a result or refuses the input. ``corpus/TARGET/`` contains the
first inputs: some of every kind, and every input that once caused a failure.
``tests/security/test_fuzz.py`` runs each target for a few seconds with a fixed seed.
"""

TARGETS = ("messages", "fields", "control", "names", "html", "rows", "database", "requests")
