"""Removes files that the built app does not need. Used by build.spec on Linux, where Qt is bundled.

Plugins are kept by name, and some folders are removed. After that a library is kept only if
another kept file is linked to it. This removes GTK together with the theme plugin that needs it,
and the hundred QML libraries together with `qml`, without a list of names for each version of Qt.

With PySide6 6.12 the app has 618 MB if PyInstaller chooses the files, and 398 MB with this module.
libQt6WebEngineCore has 195 MB of them, Qt's ICU data 31 MB, and libpython with its symbols 23 MB.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from PyInstaller.depend.bindepend import get_imports

#: A file of the bundle: its path in the bundle, its source, and its type (EXTENSION, BINARY, DATA
#: or SYMLINK).
Entry = tuple[str, str, str]

#: Modules that are excluded, because packages mention them but the app never imports them.
EXCLUDED_MODULES = [
    "gi", "webview.platforms.gtk",  # the GTK backend; our app always uses Qt on Linux
    "tkinter",
    "PySide6.QtDataVisualization",  # qtpy mentions every module of Qt
]  # fmt: skip

#: The names of the kept plugins, by their folder below Qt's plugins. Other folders are removed.
KEPT_PLUGINS = {
    "platforms": {"libqxcb", "libqwayland", "libqoffscreen"},
    "xcbglintegrations": {"libqxcb-egl-integration", "libqxcb-glx-integration"},
    "wayland-decoration-client": {"libadwaita", "libbradient"},
    "wayland-graphics-integration-client": {"libqt-plugin-wayland-egl"},
    "wayland-shell-integration": {"libxdg-shell"},
    # These plugins are for typing accents, Chinese, Japanese and Korean.
    "platforminputcontexts": {"libcomposeplatforminputcontextplugin",
                              "libibusplatforminputcontextplugin"},
    # This plugin shows the desktop's own file dialogs. libqgtk3 does the same, but needs GTK (25
    # MB).
    "platformthemes": {"libqxdgdesktopportal"},
    # These plugins decode the icons of windows and of the tray. Pages use Chromium's decoders.
    "iconengines": {"libqsvgicon"},
    "imageformats": {"libqico", "libqjpeg", "libqsvg"},
    "tls": {"libqopensslbackend"},
}  # fmt: skip

#: The bundle contains the texts of Qt and Chromium (context menus, form validation) only in these
#: languages. Chromium falls back to English.
LANGUAGES = {"en", "de"}

#: NSS opens these libraries by name at run time. No library is linked to them, so a search for
#: linked libraries does not find them.
OPENED_BY_NAME = {"libfreebl3.so", "libfreeblpriv3.so", "libnssckbi.so", "libnssdbm3.so",
                  "libsoftokn3.so"}  # fmt: skip

#: These libraries are not bundled. An older copy would make the graphics drivers of a newer system
#: fail.
FROM_THE_SYSTEM = {"libstdc++.so.6", "libgcc_s.so.1", "libgbm.so.1", "libX11.so.6",
                   "libX11-xcb.so.1"}  # fmt: skip

_QT = "PySide6/Qt/"
_LIBRARY = re.compile(r"lib[^/]+\.so(\.\d+)*")
_LOCALE = re.compile(r"(?:_|/)([a-z]{2,3})(?:[-_][A-Za-z0-9]+)?\.(?:qm|pak)$")


def is_shipped(module: str) -> bool:
    """Whether apps need this module of Everview. Modules for tests with pytest are not needed."""
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
    # PyInstaller creates links to PySide6's libraries in the top folder, where the loader searches.
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
    # The built app needs no developer tools: authors of views run the app from source.
    return folder != "qml" and path.name != "qtwebengine_devtools_resources.pak"


def _is_library(entry: Entry) -> bool:
    """Whether a file is a library that is needed only if another file is linked to it."""
    target, _, kind = entry
    name = PurePosixPath(target).name
    if kind != "BINARY" or target.startswith(_QT + "plugins/"):
        return False
    # PyInstaller's bootloader opens libpython, but is not in the list of files.
    return _LIBRARY.fullmatch(name) is not None and not name.startswith("libpython")


def _linked_to(files: Iterable[str]) -> set[str]:
    """Return the names of all libraries that the given files load, directly or indirectly."""
    return {PurePosixPath(name).name for file in files for name, _ in get_imports(file)}
