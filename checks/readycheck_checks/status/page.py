"""What a status page says, from its JSON. Pure; asks nobody.

Two kinds: Atlassian Statuspage's ``/api/v2/summary.json`` and Rootly's ``/api/v1/status.json``, as documented on 2026-11-22. Both
have ``page``, ``status`` and ``incidents``; the first also ``components`` and ``scheduled_maintenances``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from readycheck.api import clean

OVER: Final = ("resolved", "postmortem", "completed", "closed", "cancelled")
AT_WORK: Final = ("in_progress", "verifying", "started")
WELL: Final = ("operational", "")
MAINTAINED: Final = ("under_maintenance", "maintenance")


@dataclass(frozen=True, kw_only=True)
class Event:
    """An incident, or maintenance. ``components``: the names that it concerns, empty where it does not say; ``since``: None where
    it does not say; ``link`` is empty or begins with https://."""

    name: str
    impact: str = ""
    since: datetime | None = None
    until: datetime | None = None
    link: str = ""
    components: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of the service and its state: operational, degraded_performance, partial_outage, major_outage, under_maintenance."""

    name: str
    state: str


@dataclass(frozen=True, kw_only=True)
class StatusPage:
    """``indicator``: none, minor, major, critical, maintenance; ``maintenance``: what is being done, not what is announced."""

    name: str
    indicator: str
    description: str = ""
    components: tuple[Component, ...] = ()
    incidents: tuple[Event, ...] = ()
    maintenance: tuple[Event, ...] = ()


def read(data: bytes) -> StatusPage:
    """Raises ValueError where this is no status page; a part that cannot be read is left out. Whoever asks bounds the bytes."""
    try:
        told = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise ValueError("what came is not JSON") from None
    status = _table(told, "status")
    if not isinstance(status.get("indicator"), str):
        raise ValueError("what came says nothing about a status")
    return StatusPage(
        name=_text(_table(told, "page"), "name"),
        indicator=clean(status["indicator"].lower(), 20),
        description=_text(status, "description"),
        components=tuple(_component(each) for each in _tables(told, "components") if not each.get("group")),
        incidents=tuple(_event(each) for each in _tables(told, "incidents") if _is_open(each)),
        maintenance=tuple(
            _event(each)
            for each in _tables(told, "scheduled_maintenances")
            if _text(each, "status").lower() in AT_WORK
        ),
    )


def _component(table: dict[str, Any]) -> Component:
    return Component(name=_text(table, "name"), state=_text(table, "status").lower())


def _is_open(table: dict[str, Any]) -> bool:
    return _text(table, "status").lower() not in OVER and not table.get("resolved_at")


def _event(table: dict[str, Any]) -> Event:
    return Event(
        name=_text(table, "name"),
        impact=_text(table, "impact").lower(),
        since=next(
            filter(None, (_moment(table, key) for key in ("started_at", "scheduled_for", "created_at"))), None
        ),
        until=_moment(table, "scheduled_until"),
        link=_link(table),
        components=tuple(filter(None, (_text(each, "name") for each in _tables(table, "components")))),
    )


def _link(table: dict[str, Any]) -> str:
    """A person will open it: so it is one, and without a name or password in it."""
    for key in ("shortlink", "url"):
        text = _text(table, key)
        try:
            parts = urlsplit(text)
            if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and text.isascii():
                return text
        except ValueError:
            continue
    return ""


def _moment(table: dict[str, Any], key: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(table, key).replace("Z", "+00:00"))
        found.astimezone()  # a moment at the edge of the calendar has none
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo is not None else None


def _table(told: Any, key: str) -> dict[str, Any]:
    value = told.get(key) if isinstance(told, dict) else None
    return value if isinstance(value, dict) else {}


def _tables(told: Any, key: str) -> list[dict[str, Any]]:
    value = told.get(key) if isinstance(told, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return clean(value, 200) if isinstance(value, str) else ""
