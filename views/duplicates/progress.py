"""The progress of a scan: counters that the scanning thread changes and any thread can read.

Every change is also passed to ``everview.process.progress``, which a view receives at a limited
rate. If the view was stopped, that call ends the scan.

This module does not store the results; see ``groups`` and ``problems``.

Threads: any thread can call `Tracker.snapshot`. Only the scanning thread calls the other methods.
Guarantees: all numbers of a snapshot were read at the same moment. A snapshot takes 4
microseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from everview import process
from everview.i18n import N_
from views.duplicates.rate import RateWindow


class Phase(Enum):
    """The phases of a scan; the values are texts for people."""

    WAITING = N_("not started")
    WALKING = N_("looking through the folders")
    COMPARING_SIZES = N_("comparing sizes")
    HASHING_QUICK = N_("comparing beginnings and ends")
    HASHING_FULL = N_("comparing whole files")
    DONE = N_("done")
    CANCELLED = N_("cancelled")
    FAILED = N_("failed")

    @property
    def ended(self) -> bool:
        """Whether the scan has ended."""
        return self in {Phase.DONE, Phase.CANCELLED, Phase.FAILED}


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a scan at one moment.

    Attributes:
        phase: The phase of the scan.
        paused: Whether it is paused.
        folders_seen: Folders opened so far.
        files_seen: Ordinary files found so far, including those that are too small to compare.
        bytes_seen: The sum of the sizes of these files.
        files_to_hash: Files to read in the current or last hashing phase.
        files_hashed: The number of these files that were read or left out.
        bytes_to_hash: Bytes to read in that phase; less if a file need not be read.
        bytes_hashed: The number of these bytes that were read.
        rate: Bytes read per second over the last seconds; 0.0 if unknown.
        seconds_left: The estimated time to the end; None if unknown. It is unknown before the last
            phase, because the number of files to read as a whole is unknown.
        elapsed: Working time in seconds, without pauses.
        groups: Groups of duplicates found so far.
        wasted_bytes: The bytes that their extra copies take up.
        problems: Files and folders that were left out.
    """

    phase: Phase
    paused: bool
    folders_seen: int
    files_seen: int
    bytes_seen: int
    files_to_hash: int
    files_hashed: int
    bytes_to_hash: int
    bytes_hashed: int
    rate: float
    seconds_left: float | None
    elapsed: float
    groups: int
    wasted_bytes: int
    problems: int

    @property
    def fraction(self) -> float | None:
        """The finished part of the hashing phase, from 0.0 to 1.0; None in other phases."""
        if self.phase not in {Phase.HASHING_QUICK, Phase.HASHING_FULL}:
            return None
        return self.bytes_hashed / self.bytes_to_hash if self.bytes_to_hash else 1.0


class Tracker:
    """The counters behind `Progress`."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        """``seconds`` returns the working time of the scan (``Control.seconds``)."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._rate = RateWindow()
        self._phase = Phase.WAITING
        self._folders_seen = self._files_seen = self._bytes_seen = 0
        self._files_to_hash = self._files_hashed = 0
        self._bytes_to_hash = self._bytes_hashed = 0

    def enter(self, phase: Phase) -> None:
        """Start a phase that reads no contents."""
        with self._lock:
            self._phase = phase

    def enter_hashing(self, phase: Phase, files: int, size: int) -> None:
        """Start a phase that reads ``size`` bytes of ``files`` files."""
        with self._lock:
            self._phase = phase
            self._files_to_hash, self._bytes_to_hash = files, size
            self._files_hashed = self._bytes_hashed = 0
            self._rate.restart(self._seconds(), 0)

    def count_found(self, folders: int, files: int, size: int) -> None:
        """Count folders, files and bytes that the walk found."""
        with self._lock:
            self._folders_seen += folders
            self._files_seen += files
            self._bytes_seen += size
        process.progress(self._files_seen)

    def read(self, size: int) -> None:
        """Count bytes that were read."""
        with self._lock:
            self._bytes_hashed += size
            self._rate.note(self._seconds(), self._bytes_hashed)
        process.progress(self._bytes_hashed, self._bytes_to_hash)

    def count_done(self, unread: int) -> None:
        """Count a file as done. ``unread``: the number of its bytes that need not be read."""
        with self._lock:
            self._files_hashed += 1
            self._bytes_to_hash -= unread

    def snapshot(self, *, paused: bool, groups: int, wasted: int, problems: int) -> Progress:
        """The progress at this moment. The arguments are numbers that this class does not count."""
        with self._lock:
            elapsed = self._seconds()
            hashing = self._phase in {Phase.HASHING_QUICK, Phase.HASHING_FULL}
            rate = self._rate.per_second(elapsed, self._bytes_hashed) if hashing else 0.0
            return Progress(
                phase=self._phase,
                paused=paused,
                folders_seen=self._folders_seen,
                files_seen=self._files_seen,
                bytes_seen=self._bytes_seen,
                files_to_hash=self._files_to_hash,
                files_hashed=self._files_hashed,
                bytes_to_hash=self._bytes_to_hash,
                bytes_hashed=self._bytes_hashed,
                rate=rate,
                seconds_left=self._seconds_left(rate),
                elapsed=elapsed,
                groups=groups,
                wasted_bytes=wasted,
                problems=problems,
            )

    def _seconds_left(self, rate: float) -> float | None:
        if self._phase is Phase.DONE:
            return 0.0
        if self._phase is not Phase.HASHING_FULL or rate <= 0.0:
            return None
        return (self._bytes_to_hash - self._bytes_hashed) / rate
