"""A world for the app without engine or network: scripted reports, a session that replays them, a hand that writes to a folder.

Used by the pilot tests and by the pictures (``python -m tests.tui.pictures``).
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from readycheck.diagnose import diagnose
from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckStarted,
    Event,
    Expected,
    RunFinished,
    RunStarted,
)
from readycheck.model import (
    STOPPED,
    Capability,
    CheckResult,
    ContactCard,
    ContactRoute,
    Environment,
    Fact,
    Finding,
    Measurement,
    Owner,
    Policy,
    Report,
    Status,
    Tool,
)
from readycheck.privacy import Privacy
from readycheck.score import gain, judge_capabilities, readiness, verdict

CONTACT = ContactCard(
    name="Example Office IT",
    timezone="Europe/Berlin",
    country="DE",
    routes=(
        ContactRoute(kind="phone", title="Hotline", value="+49 30 1234567", hours="Mo-Fr 08:00-17:00"),
        ContactRoute(kind="email", title="Mail", value="help@example.com"),
        ContactRoute(kind="portal", title="Portal", value="https://help.example.com", needs_vpn=True),
    ),
)
NEEDS_NET = ("interface", "internet")
TITLES: tuple[tuple[str, str, Capability, str], ...] = (
    ("interface", "Network connection", Capability.CONNECTION, "Connected by Wi-Fi"),
    ("gateway", "Home router", Capability.CONNECTION, "The router answers in 3 ms"),
    ("internet", "Internet", Capability.CONNECTION, "Two independent servers answer"),
    ("captive_portal", "Sign-in page of the network", Capability.CONNECTION, "No sign-in page is in the way"),
    ("dns", "Names of the internet", Capability.CONNECTION, "Names are found in 12 ms"),
    ("clock", "Clock", Capability.CONNECTION, "0.2 s off"),
    ("tls", "Secure connections", Capability.CONNECTION, "Certificates are in order"),
    ("bandwidth", "Speed of the line", Capability.CALLS, "48 Mbit/s down, 12 Mbit/s up"),
    ("call_path", "Way for voice and video", Capability.CALLS, "31 ms, 0.1 % lost"),
    ("call_service:teams", "Microsoft Teams", Capability.CALLS, "Answers directly"),
    ("vpn_gateway:office", "VPN gateway", Capability.VPN, "vpn.example.com answers in 38 ms"),
    ("vpn_tunnel", "VPN tunnel", Capability.VPN, "Up, through tun0"),
    ("vpn_inside", "Inside the company network", Capability.VPN, "intranet.example.com answers"),
    ("share:team", "Team drive", Capability.FILES, "Listed, read and written, 11 MB/s"),
    ("share:archive", "Archive", Capability.FILES, "Listed and read, 9 MB/s"),
    ("contact_hours", "Opening hours", Capability.HELP, "Open now, until 17:00"),
    ("contact_phone", "Phone of the help desk", Capability.HELP, "+49 30 1234567"),
    ("contact_portal", "Help desk page", Capability.HELP, "Opens and shows the expected text"),
    ("processor", "Processor", Capability.DEVICE, "12 % busy"),
    ("memory", "Memory", Capability.DEVICE, "9 GB of 16 GB free"),
    ("disk", "Disk space", Capability.DEVICE, "120 GB free"),
    ("power", "Battery and power", Capability.DEVICE, "80 %, plugged in"),
    ("camera", "Camera", Capability.DEVICE, "Integrated Camera"),
    ("microphone", "Microphone", Capability.DEVICE, "Headset"),
)
BEHIND_INTERNET = ("captive_portal", "dns", "clock", "tls", "bandwidth", "call_path", "call_service:teams")
BEHIND_INTERNET += ("vpn_gateway:office", "vpn_tunnel", "vpn_inside", "share:team", "share:archive")
BEHIND_INTERNET += ("contact_portal",)


def well(check_id: str, title: str, capability: Capability, summary: str) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        capability=capability,
        title=title,
        status=Status.PASS,
        summary=summary,
        findings=(Finding(code=f"{capability}.{check_id}_ok", status=Status.PASS, summary=summary),),
        seconds=0.4,
        bytes_used=1200,
    )


ALL_WELL = {title[0]: well(*title) for title in TITLES}
ALL_WELL["bandwidth"] = replace(
    ALL_WELL["bandwidth"],
    measurements=(
        Measurement(
            name="download",
            title="Download",
            value=48e6,
            unit="bit/s",
            plan_limit=25e6,
            fail_limit=5e6,
            source="Teams, 2026-09",
        ),
        Measurement(
            name="upload", title="Upload", value=12e6, unit="bit/s", plan_limit=4e6, fail_limit=1.5e6
        ),
    ),
)
ALL_WELL["interface"] = replace(
    ALL_WELL["interface"],
    facts=(
        Fact(name="ssid", title="Wi-Fi", value="Villa Sonne", privacy=Privacy.WIFI),
        Fact(name="mac", title="Hardware address", value="3c:22:fb:10:20:30", privacy=Privacy.DEVICE),
    ),
)


def finding(status: Status, code: str, summary: str, remedy: str = "", owner: Owner = Owner.HOME) -> Finding:
    return Finding(code=code, status=status, summary=summary, remedy=remedy, owner=owner)


def changed(check_id: str, found: Finding, *measurements: Measurement) -> CheckResult:
    return replace(
        ALL_WELL[check_id],
        status=found.status,
        summary=found.summary,
        reason=found.summary if found.status in (Status.UNKNOWN, Status.SKIP) else "",
        findings=(found,),
        measurements=measurements,
    )


def held(check_id: str, behind: str) -> CheckResult:
    reason = f"On hold until this works: {ALL_WELL[behind].title}"
    return replace(
        ALL_WELL[check_id],
        status=Status.SKIP,
        reason=reason,
        summary=reason,
        behind=(behind,),
        findings=(),
        measurements=(),
        facts=(),
    )


GATEWAY_SILENT = changed(
    "vpn_gateway:office",
    finding(
        Status.FAIL,
        "vpn.gateway_silent",
        "vpn.example.com does not answer, while other servers do at the same moment",
        "Open your VPN program and connect again.\nIf it does not connect, press t and send the ticket to your IT.",
        Owner.COMPANY,
    ),
)
SLOW_UPLOAD = changed(
    "bandwidth",
    finding(
        Status.WARN,
        "calls.upload_slow",
        "Upload 3.1 Mbit/s, 4 wanted: your picture may freeze",
        "Stop other uploads, or sit nearer to the router.",
        Owner.ISP,
    ),
    Measurement(
        name="upload",
        title="Upload",
        value=3.1e6,
        unit="bit/s",
        plan_limit=4e6,
        fail_limit=1.5e6,
        source="Teams, 2026-09",
    ),
)
NO_CAMERA_RIGHT = changed(
    "camera",
    finding(Status.UNKNOWN, "device.camera_unknown", "The system does not say which cameras there are"),
)
NO_BATTERY = changed("power", finding(Status.SKIP, "device.no_battery", "This computer has no battery"))
NO_INTERNET = changed(
    "internet",
    finding(
        Status.FAIL,
        "connection.internet_silent",
        "No server of the internet answers, while your router does",
        "Restart your router and wait two minutes.",
        Owner.ISP,
    ),
)


def report(*changes: CheckResult, partial: bool = False, simulated: tuple[str, ...] = ()) -> Report:
    """The report of a run in which everything is well but these."""
    results = tuple(({**ALL_WELL} | {one.check_id: one for one in changes}).values())
    required = dict.fromkeys(Capability, True)
    weights = dict.fromkeys(Capability, 1.0)
    capabilities = judge_capabilities(results, required, weights)
    causes = tuple(
        replace(cause, gain=gain(cause.explains, results, capabilities)) for cause in diagnose(results)
    )
    return Report(
        tool=Tool(version="0.1.0"),
        policy=Policy(name="office", title="Office", version="1", hash="0" * 64),
        run_id="5f3a9c0d1e2b4a67",
        started="2026-11-21T09:14:00+01:00",
        finished="2026-11-21T09:14:18+01:00",
        partial=partial,
        simulated=simulated,
        verdict=verdict(capabilities),
        score=readiness(results, capabilities),
        capabilities=capabilities,
        causes=causes,
        results=results,
        contact=CONTACT,
        environment=Environment(
            system="Linux",
            system_version="Debian 12",
            computer="anna-laptop",
            user="anna",
            home="/home/anna",
            timezone="Europe/Berlin",
        ),
        seconds=18.0,
        bytes_used=31_000_000,
    )


def all_good() -> Report:
    return report(NO_BATTERY)


def with_faults() -> Report:
    behind = [
        held(check_id, "vpn_gateway:office") for check_id in ("vpn_tunnel", "vpn_inside", "share:archive")
    ]
    return report(GATEWAY_SILENT, SLOW_UPLOAD, NO_CAMERA_RIGHT, NO_BATTERY, *behind)


def with_warning() -> Report:
    return report(SLOW_UPLOAD)


def no_internet() -> Report:
    return report(NO_INTERNET, *(held(check_id, "internet") for check_id in BEHIND_INTERNET))


def not_judged() -> Report:
    return report(NO_CAMERA_RIGHT)


def stopped() -> Report:
    left = [
        replace(ALL_WELL[t[0]], status=Status.UNKNOWN, reason=STOPPED, summary=STOPPED) for t in TITLES[9:]
    ]
    return report(*left, partial=True)


REPORTS: dict[str, Callable[[], Report]] = {
    "all-good": all_good,
    "with-faults": with_faults,
    "with-warning": with_warning,
    "no-internet": no_internet,
    "not-judged": not_judged,
    "stopped": stopped,
}


def planned(results: Sequence[CheckResult] = tuple(ALL_WELL.values())) -> tuple[Expected, ...]:
    return tuple(
        Expected(check_id=one.check_id, title=one.title, capability=one.capability) for one in results
    )


def started(results: Sequence[CheckResult] = tuple(ALL_WELL.values())) -> RunStarted:
    return RunStarted(profile="Office", planned=planned(results), max_bytes=45_000_000, max_seconds=60.0)


def run_of(final: Report) -> list[Event]:
    """All events of a run that ends in this report."""
    events: list[Event] = [started(final.results)]
    for result in final.results:
        events += [CheckStarted(check_id=result.check_id), CheckFinished(result=result)]
    return [*events, RunFinished(report=final)]


def in_the_middle(final: Report) -> list[Event]:
    """A run half way: some done, some under way, some waiting."""
    events: list[Event] = [started(final.results)]
    for result in final.results[:12]:
        events += [CheckStarted(check_id=result.check_id), CheckFinished(result=result)]
    for result in final.results[15:18]:
        events += [CheckStarted(check_id=result.check_id), CheckFinished(result=result)]
    events += [CheckStarted(check_id="share:team"), CheckStarted(check_id="disk")]
    events += [
        CheckProgressed(check_id="share:team", text="reading", fraction=0.4),
        CheckProgressed(check_id="disk", text="asking the system"),
    ]
    return events


@dataclass(frozen=True, kw_only=True)
class Profile:
    name: str
    title: str
    description: str
    checks: int


PROFILES = (
    Profile(
        name="office",
        title="Office",
        description="Video calls, mail, team drive and VPN.",
        checks=24,
    ),
    Profile(
        name="calls", title="Call centre", description="Voice all day: delay and loss matter.", checks=19
    ),
    Profile(name="basics", title="Just the basics", description="Internet and this device.", checks=12),
)


@dataclass
class FakeSession:
    """Replays the events it was given; ``start`` and ``check_again`` play the next script, from a thread as the engine does."""

    past: list[Event] = field(default_factory=list)
    scripts: list[list[Event]] = field(default_factory=list)
    simulated: tuple[str, ...] = ()
    contact: ContactCard = CONTACT
    profile_name: str = "office"
    profile_title: str = "Office"
    max_bytes: int = 45_000_000
    max_seconds: float = 60.0
    failure: BaseException | None = None
    asked: list[str] = field(default_factory=list)
    choices: tuple[Profile, ...] = PROFILES

    def __post_init__(self) -> None:
        self._hearers: list[Callable[[Event], None]] = []

    @property
    def running(self) -> bool:
        return bool(self.past) and not isinstance(self.past[-1], RunFinished)

    def listen(self, hear: Callable[[Event], None]) -> None:
        for event in self.past:
            hear(event)
        self._hearers.append(hear)

    def start(self) -> None:
        self.asked.append("start")
        self._play()

    def check_again(self, check_id: str) -> None:
        self.asked.append(f"again {check_id}")
        self._play()

    def stop(self) -> None:
        self.asked.append("stop")
        self._play()

    def switch_profile(self, name: str) -> None:
        self.asked.append(f"profile {name}")
        self.profile_name = name
        self.profile_title = next(one.title for one in self.choices if one.name == name)
        self._play()

    def profiles(self) -> tuple[Profile, ...]:
        return self.choices

    def say(self, *events: Event) -> None:
        """As the engine does: from its own thread."""
        thread = threading.Thread(target=lambda: [self._tell(event) for event in events], daemon=True)
        thread.start()
        thread.join(5)

    def _play(self) -> None:
        if self.scripts:
            self.say(*self.scripts.pop(0))

    def _tell(self, event: Event) -> None:
        self.past.append(event)
        for hear in self._hearers:
            hear(event)


@dataclass
class FakeHand:
    """Saves into ``folder``; its clipboard and mail program work unless told otherwise."""

    folder: Path = Path("/nowhere")
    mails: bool = True
    has_clipboard: bool = True
    opens: bool = True
    refuses: Exception | None = None
    clipboard: list[str] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)

    @property
    def outbox(self) -> Path:
        return self.folder

    async def save(self, name: str, data: bytes) -> Path:
        if self.refuses is not None:
            raise self.refuses
        path = self.folder / name
        path.write_bytes(data)
        return path

    async def open_mail(self, draft: Path) -> bool:
        self.opened.append(draft)
        return self.opens

    async def copy(self, text: str) -> bool:
        if self.has_clipboard:
            self.clipboard.append(text)
        return self.has_clipboard


def finished(name: str, **more: object) -> FakeSession:
    return FakeSession(past=run_of(REPORTS[name]()), **more)  # type: ignore[arg-type]
