"""The entry point of our own app: in the built app, and from source by `python3 dev.py run`.

PyInstaller runs this file. The app folder is the folder of the bundle, or the checkout.
"""

import multiprocessing
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    frozen = getattr(sys, "frozen", False)
    # PyInstaller's bootloader sets LD_LIBRARY_PATH to the folder of the bundle. Our libraries do
    # not need this variable, and system programs that the app starts, such as a browser, fail with
    # it.
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif frozen:
        os.environ.pop("LD_LIBRARY_PATH", None)

    # In a child process of `run_in_process` this call does the child's work and never returns. If
    # another import came first, each child would start one more app.
    multiprocessing.freeze_support()

    from everview.cli.app_program import main

    folder = Path(sys._MEIPASS) if frozen else Path(__file__).resolve().parents[1]  # type: ignore[attr-defined]
    # If this variable is set, messages show it as the command that the user typed.
    sys.exit(main(folder, os.environ.pop("EVERVIEW_PROGRAM", "")))
