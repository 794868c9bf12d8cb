"""`Remote`: an app that is served to other machines on purpose: address, TLS, names.

Nothing of this is there without an explicit wish: then the server listens on 127.0.0.1 alone. With
it everything else stays as it is: the same tickets, proofs and checks of Host and Origin, which are
`https://NAME:PORT` then, for each of the names.

Not for: who may use the app (`App.identify` says it), certificates' renewal.
Threads: any; called before the server starts.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everview.errors import CommandError


@dataclass(frozen=True)
class Remote:
    """``address`` to listen on, the ``names`` it is reached by, and the server's side of TLS."""

    address: str
    names: tuple[str, ...]
    context: ssl.SSLContext


def remote(
    address: str = "", certificate: str = "", key: str = "", names: Sequence[str] = ()
) -> Remote | None:
    """What these options ask for; None: nothing is served to other machines.

    ``certificate`` and ``key`` are paths of PEM files, ``names`` host names or addresses; without
    any, those in the certificate. Raises `CommandError` for what cannot be, in one line.
    """
    if not (address or certificate or key or names):
        return None
    if not (address and certificate and key):
        raise CommandError(
            "serving other machines takes an address, a certificate and its key, all three: "
            "--address 0.0.0.0 --certificate FILE --key FILE"
        )
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise CommandError(
            f"{address!r} is no address to listen on: give one of this machine, or 0.0.0.0 for all"
        ) from None
    _check_key(Path(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A password is not asked for: a server starts without a person.
        context.load_cert_chain(certificate, key, password="")
    except FileNotFoundError:
        raise CommandError(f"there is no certificate {certificate!r}") from None
    except ssl.SSLError as error:
        raise CommandError(
            f"the certificate {certificate!r} and the key {key!r} cannot be used: {_why(error)}"
        ) from None
    except (OSError, ValueError) as error:
        raise CommandError(f"the certificate {certificate!r} cannot be read: {error}") from None
    found = tuple(names) or _names_in(context, certificate) or _own(address)
    if not found:
        raise CommandError(
            f"the certificate {certificate!r} has no names: say by which one the app is reached "
            "with --host NAME"
        )
    for name in found:
        _check_name(name)
    return Remote(address, tuple(map(_bracketed, found)), context)


def _check_key(path: Path) -> None:
    """Raise `CommandError` unless this account alone can read the file."""
    try:
        found = path.stat()
        path.open("rb").close()
    except OSError as error:
        raise CommandError(f"the key {str(path)!r} cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(found.st_mode):
        raise CommandError(f"the key {str(path)!r} is no file")
    if sys.platform != "win32" and (found.st_mode & 0o077 or found.st_uid not in (0, os.geteuid())):
        raise CommandError(
            f"the key {str(path)!r} can be read by others: 'chmod 600' it, and if they may have "
            "read it, make a new one"
        )


def _check_name(name: str) -> None:
    """Raise `CommandError` for what no browser sends as a host."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        labels = name.split(".")
        fits = all(label.replace("-", "").isalnum() and label.isascii() for label in labels)
        if not fits or name != name.lower():
            raise CommandError(
                f"{name!r} is no host name: give it as browsers show it, as app.example.org"
            ) from None


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _own(address: str) -> tuple[str, ...]:
    """The address itself, unless it stands for all."""
    return () if ipaddress.ip_address(address).is_unspecified else (address,)


def _names_in(context: ssl.SSLContext, certificate: str) -> tuple[str, ...]:
    """The names in a certificate, as one who connects reads them: by shaking hands in memory.

    Raises `CommandError` if who trusts the certificate could not: it has expired, for instance.
    """
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        client.load_verify_locations(certificate)
        asking = client.wrap_bio(to_client, to_server)
        answering = context.wrap_bio(to_server, to_client, server_side=True)
        for side in (asking, answering, asking, answering, asking):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
        found: Any = asking.getpeercert() or {}
    except (ssl.SSLError, ValueError) as error:
        raise CommandError(
            f"the certificate {certificate!r} cannot be used: {_why(error)}"
        ) from None
    names = (name for _, name in found.get("subjectAltName", ()))
    return tuple(dict.fromkeys(name.lower() for name in names if "*" not in name))


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    reason = str(getattr(error, "reason", None) or "it is no PEM file, or needs a password")
    return reason.replace("_", " ").lower()
