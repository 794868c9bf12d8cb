"""Run views: instances, windows, events and routing.

This package does no I/O and starts no threads.

The runtime receives its environment from outside: the asyncio loop (also used as the clock), a
function that runs a plain callable in a thread, transports that send bytes, and a `Platform` with
the functions that only a desktop has.
"""
