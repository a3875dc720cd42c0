"""All targets, by room."""

import time
from typing import Final

from tests.fuzz.playing import Played, play
from tests.fuzz.target import Target
from tests.fuzz.targets import apps, declared, files, line, packets, shares, speed, system, vpn

ALL: Final[tuple[Target, ...]] = (
    *packets.TARGETS,
    *vpn.TARGETS,
    *shares.TARGETS,
    *apps.TARGETS,
    *speed.TARGETS,
    *system.TARGETS,
    *files.TARGETS,
    *line.TARGETS,
    *declared.TARGETS,
)


def play_by_name(name: str, count: int, seed: int, ends: float) -> Played | None:
    """For another process, to which targets cannot be sent. None after ``ends`` (of the monotonic clock)."""
    if time.monotonic() > ends:
        return None
    return play(next(each for each in ALL if each.name == name), count, seed)
