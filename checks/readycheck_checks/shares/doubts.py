"""Why it could not be told whether a share works: what came back and proves nothing, in words. A pure table.

In the texts {label} is the share as people know it, {host} and {port} its server.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Code
from readycheck_checks.asking.controls import nothing_answered
from readycheck_checks.shares.codes import OTHER_SIGN_IN, UNPROVED
from readycheck_checks.shares.outcome import What


@dataclass(frozen=True)
class Doubt:
    """``why`` is a clause; ``remedy`` a sentence, where there is one."""

    why: str
    remedy: str = ""
    code: Code = UNPROVED


_SILENT: Final = Doubt(nothing_answered("{host}"))
_DOUBTS: Final = {
    What.NAME_TROUBLE: Doubt("no name server answered for {host}"),
    What.PROXY: Doubt("the proxy of this computer did not pass the request on to {host}"),
    What.NO_ROUTE: Doubt("this computer knows no way to {host}"),
    What.NO_PASSWORD: Doubt(
        "{host} answers, but no password is saved for it, so signing in was not tried",
        "Save the password where readycheck finds it, and check again.",
    ),
    What.ELSEWHERE: Doubt("{host} asks to sign in on a web page, which only a person can do"),
    What.OTHER_SIGN_IN: Doubt(
        "{host} answers, and wants you to sign in in a way that a saved password is no answer to",
        "Open {label} yourself to see whether it works.",
        OTHER_SIGN_IN,
    ),
    What.NO_CIPHER: Doubt("{host} answers, and takes none of the ways of encryption that readycheck knows"),
    What.KEY_UNKNOWN: Doubt(
        "{host} shows a host key that nobody has confirmed yet, so signing in was not tried",
        "Ask IT support for the host key of {host}, and whether it belongs into the profile.",
    ),
    What.NOT_OFFERED: Doubt("{host} answers, and shows what it has to mounted drives only"),
    What.UNFINISHED: Doubt("{host} answers, and the visit took longer than readycheck waits"),
}


def doubt_of(what: What, *, vouched: bool) -> Doubt | None:
    """None where this trouble is proved. ``vouched``: at the moment of a silence something else answered."""
    if what is What.SILENT:
        return None if vouched else _SILENT
    return _DOUBTS.get(what)
