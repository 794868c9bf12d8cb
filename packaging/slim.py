"""Files that the built app does not need. Used by build.spec; only on Linux Qt is bundled.

Plugins are kept by name, and some folders are removed. A library is then kept only if a kept file
is linked to it. This removes GTK together with the theme plugin that needs it, and the hundred QML
libraries together with `qml`, without a list of names for each version of Qt.

Measured with PySide6 6.12: 618 MB with PyInstaller's own choice, 398 MB with this module. Of these,
libQt6WebEngineCore has 195 MB, Qt's ICU data 31 MB, and libpython with its symbols 23 MB.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from PyInstaller.depend.bindepend import get_imports

#: A file of the bundle: its path in it, its source, and EXTENSION, BINARY, DATA or SYMLINK.
Entry = tuple[str, str, str]

#: Modules that packages name, but that the app never imports.
EXCLUDED_MODULES = [
    "gi", "webview.platforms.gtk",  # the other Linux backend; we always use gui="qt"
    "tkinter",
    "PySide6.QtDataVisualization",  # qtpy offers every module of Qt
]  # fmt: skip

#: Folder of Qt's plugins -> the plugins that are kept. Other folders are removed.
KEPT_PLUGINS = {
    "platforms": {"libqxcb", "libqwayland", "libqoffscreen"},
    "xcbglintegrations": {"libqxcb-egl-integration", "libqxcb-glx-integration"},
    "wayland-decoration-client": {"libadwaita", "libbradient"},
    "wayland-graphics-integration-client": {"libqt-plugin-wayland-egl"},
    "wayland-shell-integration": {"libxdg-shell"},
    # Input of accents, and of Chinese, Japanese and Korean.
    "platforminputcontexts": {"libcomposeplatforminputcontextplugin",
                              "libibusplatforminputcontextplugin"},
    # The desktop's own file dialogs. libqgtk3 has them, too, but needs GTK (25 MB).
    "platformthemes": {"libqxdgdesktopportal"},
    # Icons of windows and of the tray. Pages use Chromium's own decoders.
    "iconengines": {"libqsvgicon"},
    "imageformats": {"libqico", "libqjpeg", "libqsvg"},
    "tls": {"libqopensslbackend"},
}  # fmt: skip

#: Languages of Qt's and Chromium's own texts (context menus, form validation). Chromium falls back
#: to English.
LANGUAGES = {"en", "de"}

#: NSS opens these by name at run time: no library is linked to them.
OPENED_BY_NAME = {"libfreebl3.so", "libfreeblpriv3.so", "libnssckbi.so", "libnssdbm3.so",
                  "libsoftokn3.so"}  # fmt: skip

#: The system's graphics drivers need these in the version that they were built with. An older copy
#: in the bundle makes the drivers fail on a newer system.
FROM_THE_SYSTEM = {"libstdc++.so.6", "libgcc_s.so.1", "libgbm.so.1", "libX11.so.6",
                   "libX11-xcb.so.1"}  # fmt: skip

_QT = "PySide6/Qt/"
_LIBRARY = re.compile(r"lib[^/]+\.so(\.\d+)*")
_LOCALE = re.compile(r"(?:_|/)([a-z]{2,3})(?:[-_][A-Za-z0-9]+)?\.(?:qm|pak)$")


def is_shipped(module: str) -> bool:
    """Whether a module of Everview is for running apps, and not for testing them with pytest."""
    return module.split(".")[:2] != ["everview", "testing"]


def without_waste(binaries: list[Entry], datas: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Select the files that the app needs from those that PyInstaller found."""
    binaries = [entry for entry in binaries if _is_wanted(entry[0])]
    datas = [entry for entry in datas if _is_wanted(entry[0])]
    needed = _linked_to(entry[1] for entry in binaries if not _is_library(entry))
    needed = (needed | OPENED_BY_NAME) - FROM_THE_SYSTEM
    binaries = [
        entry for entry in binaries
        if not _is_library(entry) or PurePosixPath(entry[0]).name in needed
    ]  # fmt: skip
    kept = {entry[0] for entry in binaries}
    # PyInstaller links PySide6's libraries to the top, where the loader looks for them.
    datas = [entry for entry in datas if entry[2] != "SYMLINK" or entry[1] in kept]
    return binaries, datas


def _is_wanted(target: str) -> bool:
    path = PurePosixPath(target)
    if not target.startswith(_QT):
        return True
    folder = path.relative_to(_QT).parts[0]
    if folder == "plugins":
        return path.stem in KEPT_PLUGINS.get(path.parent.name, set())
    if folder == "translations":
        language = _LOCALE.search(target)
        return language is not None and language[1] in LANGUAGES
    # The developer tools are for authors, who run from source.
    return folder != "qml" and path.name != "qtwebengine_devtools_resources.pak"


def _is_library(entry: Entry) -> bool:
    """Whether this file is a library that is needed only if other files are linked to it."""
    target, _, kind = entry
    name = PurePosixPath(target).name
    if kind != "BINARY" or target.startswith(_QT + "plugins/"):
        return False
    # PyInstaller's bootloader, which is not in the list, opens libpython.
    return _LIBRARY.fullmatch(name) is not None and not name.startswith("libpython")


def _linked_to(files: Iterable[str]) -> set[str]:
    """Names of all libraries that these files load, directly or indirectly."""
    return {PurePosixPath(name).name for file in files for name, _ in get_imports(file)}
