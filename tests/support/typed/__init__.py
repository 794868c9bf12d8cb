"""Views for ``tests/test_types.py``: one module is right, the other has typical mistakes."""
