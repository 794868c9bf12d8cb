"""Views for ``tests/test_types.py``. One module is correct, and the other one has typical
mistakes.
"""
