"""What is opened outside the app: pages in the system's browser, folders in its file manager.

A URL may come from hostile text in a view: nothing is opened that could run a program or read a
file (T10).

Threads: any. Nothing is waited for.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path

from everview.addresses import is_outside

log = logging.getLogger("everview.desktop")


def browse(url: str) -> bool:
    """Open a web page, or write a mail. False, and a line in the log, for any other address."""
    if not is_outside(url):
        log.warning("not opened outside the app: %.200r", url)
        return False
    # In a thread: it may wait for the browser.
    opening = threading.Thread(target=webbrowser.open, args=(url,), daemon=True)
    opening.start()
    return True


def reveal(folder: Path) -> bool:
    """Show a folder in the file manager; False if there is none."""
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606  (a folder of ours)
        return True
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        return False
    quiet = subprocess.DEVNULL
    started = subprocess.Popen([program, str(folder)], stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603
    threading.Thread(target=started.wait, name="everview reveal", daemon=True).start()
    return True
