"""The mark by which every ticket of one run is found again, also when it is read out on the phone. Pure."""

import hashlib
import re
from typing import Final

_HEX: Final = re.compile(r"[0-9a-f]{8,64}")


def marker_of(run_id: str) -> str:
    """``[rc-<8 hex>]``: the first of the run's id; of an id that is not hexadecimal (a foreign report), of its SHA-256."""
    known = (
        run_id if _HEX.fullmatch(run_id) else hashlib.sha256(run_id.encode("utf-8", "replace")).hexdigest()
    )
    return f"[rc-{known[:8]}]"


def reference_of(run_id: str) -> str:
    """The same without brackets, to be read out: ``rc-1a2b3c4d``."""
    return marker_of(run_id).strip("[]")
