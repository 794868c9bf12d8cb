"""Where our own app starts: in the built app, and from source by `python3 dev.py run`.

PyInstaller runs this file. The app folder is the folder of the bundle, or the checkout.
"""

import multiprocessing
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    frozen = getattr(sys, "frozen", False)
    # The bootloader put the folder of the bundle first for the loader of libraries. Our libraries
    # know their place; programs of the system that we start, as a browser, need their own.
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif frozen:
        os.environ.pop("LD_LIBRARY_PATH", None)

    # In a child process of `run_in_process` this call does the child's work and never returns.
    # After any other import each child would start one more app.
    multiprocessing.freeze_support()

    from everview.cli.app_program import main

    folder = Path(sys._MEIPASS) if frozen else Path(__file__).resolve().parents[1]  # type: ignore[attr-defined]
    # What the user typed, if that was not the name of the built program.
    sys.exit(main(folder, os.environ.pop("EVERVIEW_PROGRAM", "")))
