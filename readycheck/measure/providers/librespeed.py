"""LibreSpeed servers (librespeed/speedtest, backend/): garbage.php sends mebibytes, empty.php answers and takes anything."""

from readycheck.measure.providers.http import HttpSpeed
from readycheck.measure.providers.place import below


def librespeed(url: str, name: str = "", stun: tuple[str, int] | None = None) -> HttpSpeed:
    """``url`` is the folder that holds garbage.php and empty.php."""
    sink = below(url, "empty.php")
    down_url = below(url, "garbage.php?ckSize={mib}")
    return HttpSpeed(down_url=down_url, up_url=sink, ping_url=sink, name=name, stun=stun)
