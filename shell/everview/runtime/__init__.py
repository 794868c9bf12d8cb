"""Running views: instances, windows, events, routing. No I/O, no threads of its own.

Everything it needs from the world is passed in: the asyncio loop (also its clock), a function that
runs a plain callable in a thread, transports that send bytes, and a `Platform` for what only a
desktop can do.
"""
