"""Open pages in the system's browser and folders in its file manager.

A URL may come from untrusted text in a view, so only web pages and mail addresses are opened:
nothing that could run a program or read a file (T10).

Threads: the functions can be called from any thread, and return at once.
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

logger = logging.getLogger("everview.desktop")


def browse(url: str) -> bool:
    """Open a web page or write a mail. Returns False, and logs the URL, for any other URL."""
    if not is_outside(url):
        logger.warning("this URL is not opened outside the app: %.200r", url)
        return False
    # `webbrowser.open` may wait for the browser.
    threading.Thread(
        target=webbrowser.open, args=(url,), name="everview browse", daemon=True
    ).start()
    return True


def reveal(folder: Path) -> bool:
    """Show a folder in the file manager. Returns False if there is no file manager."""
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606  (one of our own folders)
        return True
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        return False
    null = subprocess.DEVNULL
    process = subprocess.Popen([program, str(folder)], stdin=null, stdout=null, stderr=null)  # noqa: S603
    # Wait for the child process. Otherwise it would remain as a zombie.
    threading.Thread(target=process.wait, name="everview reveal", daemon=True).start()
    return True
