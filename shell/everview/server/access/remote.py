"""`Remote`: the options of an app that is served to other machines: address, names, TLS.

Without these options the server listens on 127.0.0.1 only. With these options, authentication and
the checks of Host and Origin stay the same. The accepted origins are ``https://NAME:PORT`` for
each host name.

This module does not authenticate users (see `App.identify`), and it does not renew certificates.

Threads: the functions can be called from any thread, before the server starts.
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

from everview.errors import CommandError


@dataclass(frozen=True)
class Remote:
    """The address, host names and TLS settings with which other machines reach the server.

    Attributes:
        address: The address to listen on.
        names: The host names by which the server is reached.
        context: The server side of TLS.
    """

    address: str
    names: tuple[str, ...]
    context: ssl.SSLContext


def remote(
    address: str = "", certificate: str = "", key: str = "", names: Sequence[str] = ()
) -> Remote | None:
    """Check the options and load the certificate.

    Args:
        address: The address to listen on.
        certificate: The path of a PEM file.
        key: The path of a PEM file.
        names: Host names or addresses. If empty, the names in the certificate are used.

    Returns:
        The options, or None if none of them is given.

    Raises:
        CommandError: The options are incomplete or cannot be used. The message is one line.
    """
    if not (address or certificate or key or names):
        return None
    if not (address and certificate and key):
        raise CommandError(
            "to serve other machines, give an address, a certificate and its key (all three): "
            "--address 0.0.0.0 --certificate FILE --key FILE"
        )
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise CommandError(
            f"{address!r} is not an IP address: give one of this machine, or 0.0.0.0 for all"
        ) from None
    _check_key(Path(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # If the key file is encrypted, OpenSSL would ask for a password at the terminal. With an
        # empty password it fails instead.
        context.load_cert_chain(certificate, key, password="")
    except FileNotFoundError:
        raise CommandError(f"the certificate {certificate!r} does not exist") from None
    except ssl.SSLError as error:
        raise CommandError(
            f"the certificate {certificate!r} and the key {key!r} cannot be used: {_reason(error)}"
        ) from None
    except (OSError, ValueError) as error:
        raise CommandError(f"the certificate {certificate!r} cannot be read: {error}") from None
    found = (
        tuple(names) or _names_in_certificate(context, certificate) or _names_of_address(address)
    )
    if not found:
        raise CommandError(
            f"the certificate {certificate!r} contains no host name: give the name of the server "
            "with --host NAME"
        )
    for name in found:
        _check_name(name)
    return Remote(address, tuple(map(_with_brackets, found)), context)


def _check_key(path: Path) -> None:
    """Raise `CommandError` unless only this account can read the key file."""
    try:
        status = path.stat()
        path.open("rb").close()
    except OSError as error:
        raise CommandError(f"the key {str(path)!r} cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise CommandError(f"the key {str(path)!r} is not a file")
    if sys.platform == "win32":
        return
    if status.st_mode & 0o077 or status.st_uid not in (0, os.geteuid()):
        raise CommandError(
            f"the key {str(path)!r} can be read by others: run 'chmod 600' on it, and create a new "
            "key if others may have read it"
        )


def _check_name(name: str) -> None:
    """Raise `CommandError` for a name that browsers never send in the Host header."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        labels = name.split(".")
        is_valid = all(label.replace("-", "").isalnum() and label.isascii() for label in labels)
        if not is_valid or name != name.lower():
            raise CommandError(
                f"{name!r} is not a host name: write it as browsers show it, for example "
                "app.example.org"
            ) from None


def _with_brackets(name: str) -> str:
    """A host name in the form that URLs use: IPv6 addresses are in brackets."""
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _names_of_address(address: str) -> tuple[str, ...]:
    """A tuple with the address; empty if it stands for all addresses of the machine."""
    return () if ipaddress.ip_address(address).is_unspecified else (address,)


def _names_in_certificate(context: ssl.SSLContext, certificate: str) -> tuple[str, ...]:
    """The host names in a certificate.

    Python's standard library parses a certificate only for the client of a TLS handshake. This
    function therefore runs a handshake in memory.

    Raises:
        CommandError: Clients would refuse the certificate even if they trust its issuer, for
            example because it has expired.
    """
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        client_context.load_verify_locations(certificate)
        client = client_context.wrap_bio(to_client, to_server)
        server = context.wrap_bio(to_server, to_client, server_side=True)
        for side in (client, server, client, server, client):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
        fields = client.getpeercert() or {}
    except (ssl.SSLError, ValueError) as error:
        raise CommandError(
            f"the certificate {certificate!r} cannot be used: {_reason(error)}"
        ) from None
    # Each entry is a pair such as ("DNS", "app.example.org").
    names = [str(entry[1]).lower() for entry in fields.get("subjectAltName", ())]
    return tuple(dict.fromkeys(name for name in names if "*" not in name))


def _reason(error: Exception) -> str:
    """The reason why OpenSSL refuses a file, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    reason = getattr(error, "reason", None) or "it is not a PEM file, or it needs a password"
    return str(reason).replace("_", " ").lower()
