"""Helpers of the tests. Test modules import helpers from here, and never from each other."""
