"""The values everything else speaks about: findings, results, causes, the report. Pure and frozen; no behaviour beyond reading.

Field names and enum values below are the report format (docs/report.md). Units are in names; times are RFC 3339 with zone.
"""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Struct

from readycheck.privacy import COMPUTER, FOLDER, NOTE, ORG, PUBLIC, TEXT, USER, Privacy

SCHEMA_VERSION: Final = "1.0"
SCHEMA_URL: Final = "urn:readycheck:report:1.0"
STOPPED: Final = "Stopped before it was done"  # why a result is UNKNOWN where the person ended the run


class Status(StrEnum):
    """What a check found. UNKNOWN: it could not judge. SKIP: not applicable, not asked for, or behind a failed one."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    UNKNOWN = "unknown"


class Owner(StrEnum):
    """Whose it is to mend."""

    DEVICE = "device"
    HOME = "home"
    ISP = "isp"
    COMPANY = "company"
    SERVICE = "service"
    UNKNOWN = "unknown"


class Capability(StrEnum):
    """What a person needs a set-up for. CONNECTION is the ground the others stand on."""

    CALLS = "calls"
    FILES = "files"
    VPN = "vpn"
    APPS = "apps"
    HELP = "help"
    DEVICE = "device"
    CONNECTION = "connection"


CAPABILITY_TITLES: Final = {  # in the order of a report
    Capability.CONNECTION: "Connection", Capability.CALLS: "Video calls", Capability.FILES: "Files", Capability.VPN: "VPN",
    Capability.APPS: "Work apps", Capability.HELP: "Get help", Capability.DEVICE: "This device",
}  # fmt: skip
CAPABILITIES: Final = tuple(CAPABILITY_TITLES)


class Standing(StrEnum):
    """How a capability stands. ON_HOLD: nothing of it could be tried, because something it needs failed."""

    READY = "ready"
    LIMITED = "limited"
    NOT_WORKING = "not_working"
    ON_HOLD = "on_hold"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


class Verdict(StrEnum):
    READY = "ready"
    READY_WITH_WARNINGS = "ready_with_warnings"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure a cause is. HIGH: proved by a positive answer or a control; LOW: the best of several explanations."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One thing a check found. ``code`` is stable (``vpn.gateway_silent``); ``remedy`` begins with a verb.

    ``either``: where ``owner`` cannot be told, the owners that it can be, the likeliest first; empty: it could be anybody's.
    """

    code: Annotated[str, PUBLIC]
    status: Annotated[Status, PUBLIC]
    summary: Annotated[str, TEXT]
    remedy: Annotated[str, TEXT] = ""
    owner: Annotated[Owner, PUBLIC] = Owner.UNKNOWN
    confidence: Annotated[Confidence, PUBLIC] = Confidence.MEDIUM
    detail: Annotated[str, TEXT] = ""
    either: Annotated[tuple[Owner, ...], PUBLIC] = ()


class Measurement(Struct, frozen=True, kw_only=True):
    """One measured value. ``plan_limit``: what one plans for; ``fail_limit``: where it stops working; ``source``: whose limits.

    A value is better the higher it is where plan_limit > fail_limit, the lower where plan_limit < fail_limit.
    ``low``/``high`` bound the value where its method states an interval.
    """

    name: Annotated[str, PUBLIC]
    title: Annotated[str, PUBLIC]
    value: Annotated[float, PUBLIC]
    unit: Annotated[str, PUBLIC]
    plan_limit: Annotated[float | None, PUBLIC] = None
    fail_limit: Annotated[float | None, PUBLIC] = None
    source: Annotated[str, PUBLIC] = ""
    low: Annotated[float | None, PUBLIC] = None
    high: Annotated[float | None, PUBLIC] = None
    method: Annotated[str, PUBLIC] = ""


class Fact(Struct, frozen=True, kw_only=True):
    """Something seen that is neither good nor bad: evidence and environment. ``privacy`` says what kind of thing it is."""

    name: Annotated[str, PUBLIC]
    title: Annotated[str, PUBLIC]
    value: Annotated[str, TEXT]
    privacy: Annotated[Privacy, PUBLIC] = Privacy.TEXT


class CheckResult(Struct, frozen=True, kw_only=True):
    """All that one check found. ``reason`` says why for SKIP and UNKNOWN; ``behind`` names the failed checks it waits for.
    ``bytes_used`` in both directions; ``bytes_stated`` is what it was allowed before, 0 where it did not run.
    """

    check_id: Annotated[str, PUBLIC]
    capability: Annotated[Capability, PUBLIC]
    title: Annotated[str, ORG]
    status: Annotated[Status, PUBLIC]
    reason: Annotated[str, TEXT] = ""
    summary: Annotated[str, TEXT] = ""
    behind: Annotated[tuple[str, ...], PUBLIC] = ()
    weight: Annotated[float, PUBLIC] = 1.0
    essential: Annotated[bool, PUBLIC] = True
    findings: Annotated[tuple[Finding, ...], PUBLIC] = ()
    measurements: Annotated[tuple[Measurement, ...], PUBLIC] = ()
    facts: Annotated[tuple[Fact, ...], PUBLIC] = ()
    seconds: Annotated[float, PUBLIC] = 0.0
    bytes_used: Annotated[int, PUBLIC] = 0
    bytes_stated: Annotated[int, PUBLIC] = 0
    crash: Annotated[str, TEXT] = ""


class Cause(Struct, frozen=True, kw_only=True):
    """One reason behind one or more results, whose it is, and the next step. The first of a report is the one on top.

    ``either``: where ``owner`` is unknown, the owners between whom nothing seen from here decides, the likeliest first.
    """

    code: Annotated[str, PUBLIC]
    owner: Annotated[Owner, PUBLIC]
    confidence: Annotated[Confidence, PUBLIC]
    summary: Annotated[str, TEXT]
    next_step: Annotated[str, TEXT]
    explains: Annotated[tuple[str, ...], PUBLIC] = ()
    evidence_for: Annotated[tuple[str, ...], TEXT] = ()
    evidence_against: Annotated[tuple[str, ...], TEXT] = ()
    gain: Annotated[int, PUBLIC] = 0
    either: Annotated[tuple[Owner, ...], PUBLIC] = ()


class CapabilityVerdict(Struct, frozen=True, kw_only=True):
    """How one capability stands, and its score 0 to 100 (none where nothing of it was measured)."""

    id: Annotated[Capability, PUBLIC]
    title: Annotated[str, PUBLIC]
    status: Annotated[Standing, PUBLIC]
    required: Annotated[bool, PUBLIC]
    score: Annotated[int | None, PUBLIC] = None
    weight: Annotated[float, PUBLIC] = 1.0
    reason: Annotated[str, TEXT] = ""


class Score(Struct, frozen=True, kw_only=True):
    """Readiness, 0 to 100 (none where nothing could be measured). ``cap`` is the cap that held it down, if one did."""

    value: Annotated[int | None, PUBLIC]
    version: Annotated[int, PUBLIC]
    uncapped: Annotated[int | None, PUBLIC] = None
    cap: Annotated[int | None, PUBLIC] = None


class Question(Struct, frozen=True, kw_only=True):
    """Something about the set-up that only the person can tell; never a failure, and never in the score.

    ``answers``: those to choose from, the first says that all is well. ``answer``: one of them, empty where none was given.
    ``help``: how to find out. ``advice``: what to do where the answer is not the first.
    """

    id: Annotated[str, PUBLIC]
    capability: Annotated[Capability, PUBLIC]
    text: Annotated[str, ORG]
    answers: Annotated[tuple[str, ...], ORG] = ()
    answer: Annotated[str, TEXT] = ""
    help: Annotated[str, ORG] = ""
    advice: Annotated[str, ORG] = ""

    @property
    def to_look_at(self) -> bool:
        """Answered, and not with the answer that says that all is well."""
        return bool(self.answer) and self.answer != next(iter(self.answers), self.answer)


class ContactRoute(Struct, frozen=True, kw_only=True):
    """One way to reach a human, as the profile names it. ``hours`` in OpenStreetMap opening_hours syntax, empty = always."""

    kind: Annotated[str, PUBLIC]  # phone, email, portal, chat
    title: Annotated[str, ORG]
    value: Annotated[str, ORG]
    hours: Annotated[str, ORG] = ""
    note: Annotated[str, ORG] = ""
    needs_vpn: Annotated[bool, PUBLIC] = False
    needs_sign_in: Annotated[bool, PUBLIC] = False
    when: Annotated[str, PUBLIC] = ""  # closed: while nobody else answers; urgent: then, for what cannot wait


class ContactCard(Struct, frozen=True, kw_only=True):
    """The support desk: shown always, also with no network at all. ``timezone`` (IANA) and ``country`` belong to its hours.

    ``note`` is shown beside the routes, and is all that a person gets where a profile names no route: it says where to look.
    """

    name: Annotated[str, ORG] = ""
    timezone: Annotated[str, ORG] = "UTC"
    country: Annotated[str, ORG] = ""
    note: Annotated[str, ORG] = ""
    routes: Annotated[tuple[ContactRoute, ...], ORG] = ()


class Tool(Struct, frozen=True, kw_only=True):
    name: Annotated[str, PUBLIC] = "readycheck"
    version: Annotated[str, PUBLIC] = ""


class Policy(Struct, frozen=True, kw_only=True):
    """Which profile judged: ``hash`` is the SHA-256 of its effective content, so two reports can be told comparable."""

    name: Annotated[str, ORG]
    title: Annotated[str, ORG]
    version: Annotated[str, ORG]
    hash: Annotated[str, PUBLIC]
    source: Annotated[str, FOLDER] = ""


class Environment(Struct, frozen=True, kw_only=True):
    """Where the run took place. Names of persons and machines are here and in facts, nowhere else on purpose."""

    system: Annotated[str, PUBLIC] = ""
    system_version: Annotated[str, PUBLIC] = ""
    machine: Annotated[str, PUBLIC] = ""
    python: Annotated[str, PUBLIC] = ""
    computer: Annotated[str, COMPUTER] = ""
    user: Annotated[str, USER] = ""
    home: Annotated[str, FOLDER] = ""
    timezone: Annotated[str, PUBLIC] = ""


class Redaction(Struct, frozen=True, kw_only=True):
    """What was replaced before this copy left: ``level`` full or support, and how many places of each kind."""

    level: Annotated[str, PUBLIC] = "full"
    replaced: Annotated[dict[str, int], PUBLIC] = {}


class Report(Struct, frozen=True, kw_only=True):
    """One run, complete. Everything after it (score explanation, exports, tickets) is a function of this value alone.

    ``bytes_stated`` is what was said before the run that it may use, ``bytes_used`` what it did use.
    """

    schema: Annotated[str, PUBLIC] = SCHEMA_URL
    schema_version: Annotated[str, PUBLIC] = SCHEMA_VERSION
    tool: Annotated[Tool, PUBLIC]
    policy: Annotated[Policy, PUBLIC]
    run_id: Annotated[str, PUBLIC]
    started: Annotated[str, PUBLIC]
    finished: Annotated[str, PUBLIC]
    partial: Annotated[bool, PUBLIC] = False
    simulated: Annotated[tuple[str, ...], PUBLIC] = ()
    verdict: Annotated[Verdict, PUBLIC]
    score: Annotated[Score, PUBLIC]
    capabilities: Annotated[tuple[CapabilityVerdict, ...], PUBLIC]
    causes: Annotated[tuple[Cause, ...], PUBLIC] = ()
    results: Annotated[tuple[CheckResult, ...], PUBLIC]
    questions: Annotated[tuple[Question, ...], PUBLIC] = ()
    contact: Annotated[ContactCard, ORG] = ContactCard()
    environment: Annotated[Environment, PUBLIC]
    problems: Annotated[tuple[str, ...], TEXT] = ()
    seconds: Annotated[float, PUBLIC] = 0.0
    bytes_used: Annotated[int, PUBLIC] = 0
    bytes_stated: Annotated[int, PUBLIC] = 0
    note: Annotated[str, NOTE] = ""
    redaction: Annotated[Redaction, PUBLIC] = Redaction()
