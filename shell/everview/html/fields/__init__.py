"""Input fields with Python values, and forms made from dataclasses."""
