"""Reports of a made-up laptop: all well, with faults, without internet ... judged by the real diagnosis and the real score."""

from collections.abc import Callable

from msgspec.structs import replace

from readycheck.diagnose import diagnose
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
    ("interface", "Network", Capability.CONNECTION, "Connected by Wi-Fi"),
    ("gateway", "Router", Capability.CONNECTION, "The router answers in 3 ms"),
    ("internet", "Internet", Capability.CONNECTION, "Two independent servers answer"),
    ("captive_portal", "Sign-in page", Capability.CONNECTION, "No sign-in page is in the way"),
    ("dns", "Name lookup", Capability.CONNECTION, "Names are found in 12 ms"),
    ("clock", "Clock", Capability.CONNECTION, "0.2 s off"),
    ("tls", "Secure connections", Capability.CONNECTION, "Certificates are in order"),
    ("bandwidth", "Internet speed", Capability.CALLS, "48 Mbit/s down, 12 Mbit/s up"),
    ("call_path", "Path for voice and video", Capability.CALLS, "31 ms, 0.1 % lost"),
    ("call_service:teams", "Microsoft Teams", Capability.CALLS, "Answers directly"),
    ("vpn_gateway:office", "VPN gateway", Capability.VPN, "vpn.example.com answers in 38 ms"),
    ("vpn_tunnel", "VPN connection", Capability.VPN, "Up, through tun0"),
    ("vpn_inside", "Company network", Capability.VPN, "intranet.example.com answers"),
    ("share:team", "Team drive", Capability.FILES, "Listed, read and written, 11 MB/s"),
    ("share:archive", "Archive", Capability.FILES, "Listed and read, 9 MB/s"),
    ("contact_hours", "Support hours", Capability.HELP, "Open now, until 17:00"),
    ("contact_phone", "Support phone", Capability.HELP, "+49 30 1234567"),
    ("contact_portal", "Support portal", Capability.HELP, "Opens and shows the expected text"),
    ("processor", "Processor", Capability.DEVICE, "12 % busy"),
    ("memory", "Memory", Capability.DEVICE, "9 GB of 16 GB free"),
    ("disk", "Disk space", Capability.DEVICE, "120 GB free"),
    ("power", "Power", Capability.DEVICE, "80 %, plugged in"),
    ("camera", "Camera", Capability.DEVICE, "Integrated Camera"),
    ("microphone", "Microphone", Capability.DEVICE, "Headset"),
)
BEHIND_INTERNET = (
    *("captive_portal", "dns", "clock", "tls", "bandwidth", "call_path", "call_service:teams"),
    *("vpn_gateway:office", "vpn_tunnel", "vpn_inside", "share:team", "share:archive", "contact_portal"),
)


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
        "connection.no_internet",
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


def every_area() -> Report:
    """A company that has its mail and its telephones checked too."""
    return report(
        SLOW_UPLOAD,
        well("mailbox:work", "Mail", Capability.APPS, "Reading and sending answer, with a good certificate"),
        well("sip_phone:desk", "Telephone", Capability.APPS, "sip.example.com answers over TLS"),
    )


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
    "every-area": every_area,
    "no-internet": no_internet,
    "not-judged": not_judged,
    "stopped": stopped,
}
