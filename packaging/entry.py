"""Where the built app starts. PyInstaller runs this file; from source, `python -m shell` does."""

import multiprocessing
import sys

if __name__ == "__main__":
    # First of all, on every system: in a child of `run_in_process` this call does the child's work
    # and never returns. After any other import each child would start one more app.
    multiprocessing.freeze_support()

    from shell.cli import main

    sys.exit(main())
