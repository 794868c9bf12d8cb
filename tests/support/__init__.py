"""Helpers of the tests. No test module imports another one."""
