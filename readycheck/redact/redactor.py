"""What may leave the machine: a report in which what names a person became a pseudonym, by an allow-list of privacy classes.

A field is kept because its class says so, never because a search found nothing in it. Sends and stores nothing.
"""

import re
from collections import Counter
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from readycheck.model import Redaction, Report
from readycheck.privacy import Privacy
from readycheck.redact.fields import Leaf, leaves, rebuild
from readycheck.redact.pseudonyms import Pseudonyms

PERSONAL: Final = frozenset(privacy for privacy in Privacy if privacy.names_a_person)
_TAKEN: Final = re.compile(rb"\[([a-z-]+) ([0-9]{1,9})\]")
_BLANK: Final = {str: "[removed]", int: 0, float: 0.0}


class Level(StrEnum):
    """FULL: everything, asked for and confirmed. SUPPORT: what solves the case stays readable, what names the person does not."""

    FULL = "full"
    SUPPORT = "support"


def redact(report: Report, level: Level, *, hide: frozenset[Privacy] | None = None) -> Report:
    """A copy that may leave at this level. ``hide``: exactly these personal classes instead of the level's own choice.

    A copy that was redacted before keeps its pseudonyms; redacting it again changes nothing.
    """
    return Redactor(report, level, hide=hide).report()


class Redactor:
    """Redacts one report and the texts that go along with it, with the same pseudonyms in both."""

    def __init__(
        self, report: Report, level: Level = Level.SUPPORT, *, hide: frozenset[Privacy] | None = None
    ) -> None:
        self.level = level
        self._hide = (
            (PERSONAL if level is Level.SUPPORT else frozenset()) if hide is None else hide & PERSONAL
        )
        self._original = report
        self._names = Pseudonyms(self._hide, _taken(report))
        self._learn(report)

    @property
    def replaced(self) -> dict[str, int]:
        """How many places of each kind were replaced so far, kinds in alphabetical order."""
        before = Counter(self._original.redaction.replaced)
        return dict(sorted((before + self._names.replaced).items()))

    def text(self, value: str) -> str:
        """A text that goes along (the person's note to IT support): personal values of the report and what looks like one."""
        return self._names.scan(value) if self._hide else value

    def report(self) -> Report:
        return self._redacted

    @cached_property
    def _redacted(self) -> Report:
        copy = rebuild(self._original, self._visit) if self._hide else self._original
        before = self._original.redaction
        level = before.level if self.level is Level.FULL and before.replaced else str(self.level)
        return replace(copy, redaction=Redaction(level=level, replaced=self.replaced))

    def _learn(self, report: Report) -> None:
        """The environment first: the person's own names get the number 1."""
        texts = [
            leaf for leaf in (*leaves(report.environment), *leaves(report)) if isinstance(leaf.value, str)
        ]
        self._names.allow(leaf.value for leaf in texts if leaf.privacy in (Privacy.PUBLIC, Privacy.ORG))
        for leaf in texts:
            if leaf.privacy is not None and leaf.privacy.names_a_person:
                self._names.learn(leaf.privacy, leaf.value)

    def _visit(self, leaf: Leaf) -> Any:
        match leaf.privacy:
            case None:
                return _BLANK.get(type(leaf.value), leaf.value)
            case Privacy.PUBLIC | Privacy.ORG:
                return leaf.value
            case Privacy.TEXT if isinstance(leaf.value, str):
                return self._names.scan(leaf.value)
            case privacy if isinstance(leaf.value, str):
                return self._names.whole(privacy, leaf.value)
            case _:
                return _BLANK.get(type(leaf.value), leaf.value)


def _taken(report: Report) -> dict[str, int]:
    """The highest number of each kind of pseudonym that the report holds already."""
    taken: dict[str, int] = {}
    for kind, number in _TAKEN.findall(msgspec.json.encode(report)):
        name = kind.decode()
        taken[name] = max(taken.get(name, 0), int(number))
    return taken
