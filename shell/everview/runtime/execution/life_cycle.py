"""`checked`: checks the transitions of a life cycle.

A life cycle is an enum, a table of its transitions, and one method that changes the state.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Set
from typing import TypeVar

S = TypeVar("S", bound=enum.Enum)


def checked(current: S, following: S, transitions: Mapping[S, Set[S]]) -> S:
    """Return ``following`` if ``transitions`` allows the change from ``current``.

    Args:
        current: The current state.
        following: The next state.
        transitions: For each state the states that may follow.

    Raises:
        RuntimeError: A change from ``current`` to ``following`` is not allowed.
    """
    if following not in transitions[current]:
        raise RuntimeError(
            f"{type(current).__name__} cannot change from {current.name} to {following.name}"
        )
    return following
