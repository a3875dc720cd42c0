"""How the tests of the servers use them, as people's programs do; and a server or a line that is another one for a while."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tests.lab.lab import Lab
from tests.lab.servers.base import Server
from tests.lab.switches.base import switched

ANSWER_S = 20


def said(lab: Lab, *command: str, at: str = "pc", input: str | None = None) -> str:
    """All that a command wrote, however it ended; on the pc it is the person's."""
    done = lab[at].run(*command, user=at == "pc", input=input, check=False, timeout_s=ANSWER_S + 5)
    return done.stdout + done.stderr


def get(lab: Lab, url: str, *options: str, at: str = "pc") -> str:
    """Head and body of a page, or what curl says instead ("curl: (60) ...")."""
    return said(lab, "curl", "-sS", "-i", "-m", str(ANSWER_S), *options, url, at=at)


def statuses(lab: Lab, urls: Sequence[str], *options: str) -> dict[str, str]:
    """The status of each page, in the order asked; "000" for one that did not come."""
    shown = ("-sS", "--parallel", "-m", str(ANSWER_S), "-w", "%{url} %{http_code}\n", *options)
    targets = [word for url in urls for word in ("-o", "/dev/null", url)]
    lines = lab["pc"].run("curl", *shown, *targets, user=True, check=False, timeout_s=ANSWER_S + 5).stdout
    found = dict(line.rsplit(" ", 1) for line in lines.splitlines())
    return {url: found.get(url, "000") for url in urls}


@contextmanager
def instead(lab: Lab, *variants: Server) -> Iterator[None]:
    """Servers that run in place of those of the same names, which come back afterwards."""
    before = [lab.running[variant.name].server for variant in variants]
    lab.start(variants)
    try:
        yield
    finally:
        lab.start(before)


def applied(lab: Lab, verb: str, value: Any, **parameters: Any) -> AbstractContextManager[None]:
    """One step."""
    return switched(lab, [{verb: value, **parameters}])


def slow_line(lab: Lab, down_mbit: float, up_mbit: float) -> AbstractContextManager[None]:
    return applied(lab, "rate", "line", down_kbit=round(down_mbit * 1000), up_kbit=round(up_mbit * 1000))
