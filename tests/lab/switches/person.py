"""Verbs for what the person did or forgot, and what their programs find on the computer: password, clock, environment, proxy."""

from collections.abc import Mapping
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.lab.lab import Lab
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.block import drop, reject
from tests.lab.switches.packets import Ports

PROXY_VARIABLES = ("http_proxy", "https_proxy", "HTTPS_PROXY")


@verb
def password(lab: Lab, saved: str) -> Undo:
    """The password that is saved for readycheck is this one, and not the right one."""
    before, lab.person_password = lab.person_password, saved

    def undo() -> None:
        lab.person_password = before

    return undo


@verb
def clock(lab: Lab, off_s: float) -> Undo:
    """The clock of what the person runs is this many seconds ahead (negative: behind). Elapsed time stays true."""
    before, lab.clock_offset_s = lab.clock_offset_s, float(off_s)

    def undo() -> None:
        lab.clock_offset_s = before

    return undo


@verb
def environment(lab: Lab, variables: Mapping[str, str]) -> Undo:
    """These environment variables are set for what the person runs."""
    before, lab.person_env = lab.person_env, {**lab.person_env, **variables}

    def undo() -> None:
        lab.person_env = before

    return undo


@verb
def proxy(lab: Lab, url: str, *, but: str = "localhost,127.0.0.1") -> Undo:
    """The person's environment names this proxy for http and https, whether or not there is one. ``but``: no_proxy."""
    return environment(lab, {**dict.fromkeys(PROXY_VARIABLES, url), "no_proxy": but, "NO_PROXY": but})


@verb
def proxy_required(
    lab: Lab, url: str, *, answer: str = "silent", ports: Ports = (80, 443), set_up: bool = True
) -> Undo:
    """The network lets no web pages out but through this proxy.

    ``answer``: what goes past it is dropped ("silent"), or turned away as with reject ("reset", "prohibited" ...).
    ``ports``: what is closed; []: everything. ``set_up``: the person's environment names the proxy.
    """
    way_out = urlsplit(url).hostname or ""
    with ExitStack() as undo:
        if set_up:
            undo.callback(proxy(lab, url))
        if answer == "silent":
            undo.callback(drop(lab, "all", port=ports, but=way_out))
        else:
            undo.callback(reject(lab, "all", port=ports, but=way_out, answer=answer))
        return undo.pop_all().close
