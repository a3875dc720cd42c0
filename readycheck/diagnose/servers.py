"""Which servers the sentences about a cause name. Pure; reads nothing but what was said.

Reports have no field for the server that a finding is about: its sentence names it. Details name controls too, so they do not
count.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from readycheck.diagnose.causes import Results
from readycheck.model import Cause

_WORDS: Final = re.compile(r"[\w.:%-]+")
_PORTS: Final = re.compile(r"\bport (\d+)")
Server = tuple[str, str]


def servers_of(cause: Cause, results: Results, *, by_port: bool = False) -> frozenset[Server]:
    """Host and port (empty unless ``by_port``) of each sentence. A host is an address, or a name with a dot in it."""
    return frozenset(
        (host, port)
        for sentence in _sentences(cause, results)
        for host in _hosts(sentence)
        for port in (_PORTS.findall(sentence) if by_port else [""])
    )


def _sentences(cause: Cause, results: Results) -> Iterator[str]:
    """Of all findings that the cause was made of."""
    yield cause.summary
    for check_id in cause.explains:
        if check_id in results:
            yield from (each.summary for each in results[check_id].findings if each.code == cause.code)


def _hosts(sentence: str) -> Iterator[str]:
    for word in _WORDS.findall(sentence):
        host = word.strip(".:%-").lower()
        if _is_address(host) or _is_name(host):
            yield host


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    """A sentence may end in a figure with a fraction; no top-level domain begins with a digit."""
    *labels, last = text.split(".")
    return bool(labels) and all(labels) and last[:1].isalpha()
