"""What the check `bandwidth` gives a direction in its whole plan: the figures of the bench are those of what a person runs."""

from typing import Final

from bench.links import Direction
from readycheck_checks.bandwidth import BandwidthOptions
from readycheck_checks.calls import speed

_ALL: Final = int(BandwidthOptions().max_mb * 1e6)
DOWN_BYTES: Final = int(_ALL * speed.DOWN_SHARE)
BYTES: Final[dict[Direction, int]] = {"down": DOWN_BYTES, "up": _ALL - DOWN_BYTES}
AMPLE_BYTES: Final = 400_000_000  # so much that the data limit ends nothing here
