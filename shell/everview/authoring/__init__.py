"""The classes for authors: `App`, `View`, settings and services."""
