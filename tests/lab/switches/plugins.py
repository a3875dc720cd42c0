"""A verb for monitoring plug-ins: programs on the person's computer that a profile has run, well-behaved ones and others."""

from typing import Final

from tests.lab.lab import HOME, Lab
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb

FILE: Final = HOME / "plugins" / "check_thing"
_GOOD: Final = """
[ -n "$THING_PASSWORD" ] || { echo "THING UNKNOWN - no password"; exit 3; }
echo "THING OK - signed in with $THING_PASSWORD|time=0.02s;1;2;0 'free space'=70%;30:;10:"
"""
KINDS: Final = {
    "good": _GOOD,
    "warning": 'echo "THING WARNING - the queue is long|queue=40;30;80;0"; exit 1',
    "critical": 'echo "THING CRITICAL - no answer from the planner|queue=90;30;80;0"; exit 2',
    "unknown": 'echo "THING UNKNOWN - cannot reach it"; exit 3',
    "lying": 'echo "THING OK - all is well"; exit 2',
    "odd": 'echo "THING OK"; exit 42',
    "crashing": 'echo "THING OK"; kill -SEGV $$',
    "hanging": "trap '' TERM INT HUP; while :; do sleep 1; done",
    "mute": "exec >&- 2>&-; sleep 600",
    "daemon": 'sleep 600 & echo "THING OK - started|jobs=1"; exit 0',
    "endless": "yes THING",
    "talkative": 'echo "THING OK - a lot follows"; head -c 100000000 /dev/zero; exit 0',
}


@verb
def plugin(lab: Lab, how: str) -> Undo:
    """The plug-in of the profile ``declared`` on the person's computer: "good", "warning", "critical", "unknown".

    "lying" says OK and ends as critical, "odd" ends with a code that no plug-in has, "crashing" by a signal; of "hanging" only
    KILL makes an end; "mute" closes its output and stays, "daemon" leaves a child with its output open; "talkative" says a
    hundred megabytes, "endless" never stops.
    """
    return tools.persons_file(FILE, f"#!/bin/sh\n{KINDS[how]}\n".encode(), 0o755)
