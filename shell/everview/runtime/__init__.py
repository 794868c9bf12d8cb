"""Running views: instances, windows, events, routing. No I/O, no threads of its own.

Its environment is passed in: the asyncio loop (also its clock), a function that
runs a plain callable in a thread, transports that send bytes, and a `Platform` with the functions
that only a desktop has.
"""
