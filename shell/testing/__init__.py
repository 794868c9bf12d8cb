"""Simulated windows for the tests of views."""
