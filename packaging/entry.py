"""Where the built app starts. PyInstaller runs this file; `python -m everview` is the same."""

import multiprocessing
import os
import sys

if __name__ == "__main__":
    # The bootloader had the loader look into our folder first. Our libraries know their place
    # themselves; programs of the system that we start (a browser) are to find their own.
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif getattr(sys, "frozen", False):
        os.environ.pop("LD_LIBRARY_PATH", None)

    # First of all, on every system: in a child of `run_in_process` this call does the child's work
    # and never returns. After any other import each child would start one more app.
    multiprocessing.freeze_support()

    from everview.cli.main import main

    sys.exit(main())
