"""Start an app and connect its parts.

Only this package creates all the layers and connects them.
"""
