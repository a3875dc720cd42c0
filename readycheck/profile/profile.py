"""Profile: what is judged, how it counts and whom to ask, all layers merged. Reads no file; load.py does."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from readycheck.api import Check
from readycheck.model import Capability, ContactCard, Policy, Question
from readycheck.profile.document import CapabilityPolicy
from readycheck.profile.instances import Instance, decode_instances, name_mistakes
from readycheck.profile.layers import Layer
from readycheck.profile.mistakes import refuse
from readycheck.profile.trust import Trust, trust_mistakes


class RunLimits(Struct, frozen=True, kw_only=True):
    """What a run may use, and its surroundings. ``resolver`` is address:port; empty, as ``ca_file``: the system's own."""

    max_data_bytes: int = 60_000_000
    max_seconds: float = 90.0
    resolver: str = ""
    ca_file: str = ""
    simulated: tuple[str, ...] = ()


class Profile(Struct, frozen=True, kw_only=True):
    """A profile that was read and judged; ``capabilities`` holds all of them.

    ``checks`` are the raw tables of the checks, ``layers`` (lowest first) say where each key was set, ``source`` is the path or
    URL it came from (a shipped profile: its file name), ``notices`` are sentences that a face must show (an old copy is used),
    ``trust``: what its tables may name, ``hash`` is the SHA-256 of the merged content.
    """

    name: str
    title: str
    version: str = ""
    description: str = ""
    run: RunLimits = RunLimits()
    capabilities: dict[Capability, CapabilityPolicy]
    support: ContactCard = ContactCard()
    questions: tuple[Question, ...] = ()
    pointless: dict[str, tuple[str, ...]] = {}
    checks: dict[str, dict[str, Any]] = {}
    layers: tuple[Layer, ...] = ()
    source: str = ""
    trust: Trust = Trust()
    notices: tuple[str, ...] = ()
    hash: str = ""

    @property
    def policy(self) -> Policy:
        """What a report says about the profile that judged."""
        return Policy(
            name=self.name, title=self.title, version=self.version, hash=self.hash, source=self.source
        )

    def instances(self, check: Check) -> tuple[Instance, ...]:
        """How this check is to be run: none for an ``on_demand`` check without a table, one a sub-table for ``many``.

        Raises ProfileError with every mistake in the check's table.
        """
        mistakes = list(trust_mistakes(self.checks, (check,), self.trust))
        found = decode_instances(check, self.checks, mistakes)
        refuse(mistakes, self.layers)
        return found


def check_names(profile: Profile, checks: Sequence[Check]) -> None:
    """Raises ProfileError for tables of unknown checks and for ``after`` entries that name nothing. ``checks``: all there are."""
    refuse(name_mistakes(profile.checks, checks), profile.layers)


def content_hash(table: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of merged tables as canonical JSON: equal content, equal hash, wherever it was written."""
    text = json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
