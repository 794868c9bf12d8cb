"""Views for ``tests/test_types.py``: one module is correct, the other one has typical mistakes."""
