"""Reports for tests: one of everything, and the same person's names in every place where they could stand."""

from typing import Any

from msgspec.structs import replace

from readycheck.model import (
    Capability,
    CapabilityVerdict,
    Cause,
    CheckResult,
    Confidence,
    ContactCard,
    ContactRoute,
    Environment,
    Fact,
    Finding,
    Measurement,
    Owner,
    Policy,
    Question,
    Report,
    Standing,
    Status,
    Tool,
    Verdict,
)
from readycheck.privacy import Privacy
from readycheck.score import judge_capabilities, readiness

INTERFACE = CheckResult(
    check_id="interface",
    capability=Capability.CONNECTION,
    title="Network connection",
    status=Status.PASS,
    summary="Connected by Wi-Fi (wlan0)",
    findings=(
        Finding(
            code="connection.interface_up",
            status=Status.PASS,
            summary="Connected by Wi-Fi (wlan0)",
            confidence=Confidence.HIGH,
        ),
    ),
    facts=(
        Fact(name="ssid", title="Wi-Fi name", value="Schmidts Netz", privacy=Privacy.WIFI),
        Fact(name="bssid", title="Access point", value="3c:a6:2f:10:20:30", privacy=Privacy.DEVICE),
        Fact(name="mac", title="Hardware address", value="a4:83:e7:11:22:33", privacy=Privacy.DEVICE),
        Fact(name="addresses", title="Addresses", value="192.168.1.23, fe80::a683:e7ff:fe11:2233"),
        Fact(name="public", title="Public address", value="203.0.113.77:54321", privacy=Privacy.ADDRESS),
    ),
    seconds=0.12,
)
UPLOAD = CheckResult(
    check_id="bandwidth",
    capability=Capability.CALLS,
    title="Speed",
    status=Status.WARN,
    summary="Upload 3.1 Mbit/s, 4 wanted",
    findings=(
        Finding(
            code="calls.upload_slow",
            status=Status.WARN,
            summary="Upload 3.1 Mbit/s, 4 wanted",
            remedy="Pause backups and other uploads\nMove closer to the router",
            owner=Owner.ISP,
        ),
    ),
    measurements=(
        Measurement(
            name="upload",
            title="Upload",
            value=3_100_000,
            unit="bit/s",
            plan_limit=4_000_000,
            fail_limit=1_500_000,
            source="Office profile",
        ),
        Measurement(
            name="idle_ms",
            title="Delay",
            value=31,
            unit="ms",
            plan_limit=100,
            fail_limit=300,
            source="Office profile",
        ),
    ),
    seconds=9.4,
    bytes_used=21_000_000,
)
GATEWAY = CheckResult(
    check_id="vpn_gateway:main",
    capability=Capability.VPN,
    title="VPN gateway",
    status=Status.FAIL,
    summary="The VPN gateway vpn.example.com does not answer",
    findings=(
        Finding(
            code="vpn.gateway_silent",
            status=Status.FAIL,
            summary="The VPN gateway vpn.example.com does not answer",
            remedy="Send this report to IT support",
            owner=Owner.COMPANY,
            confidence=Confidence.HIGH,
            detail="UDP 1194 to 198.51.100.5: silent; a control answered",
        ),
    ),
    facts=(Fact(name="gateway", title="Gateway", value="198.51.100.5", privacy=Privacy.ORG),),
    seconds=3.0,
    bytes_used=400,
)
TUNNEL = CheckResult(
    check_id="vpn_tunnel",
    capability=Capability.VPN,
    title="VPN connected",
    status=Status.SKIP,
    reason="On hold until this works: VPN gateway",
    behind=("vpn_gateway:main",),
)
CAMERA = CheckResult(
    check_id="camera",
    capability=Capability.DEVICE,
    title="Camera",
    status=Status.UNKNOWN,
    reason="No result: needs admin rights",
    essential=False,
)
DISK = CheckResult(
    check_id="disk",
    capability=Capability.DEVICE,
    title="Disk space",
    status=Status.PASS,
    summary="120 GB left of 256",
)
RESULTS = (INTERFACE, UPLOAD, GATEWAY, TUNNEL, CAMERA, DISK)
SILENT_GATEWAY = Cause(
    code="vpn.gateway_silent",
    owner=Owner.COMPANY,
    confidence=Confidence.HIGH,
    summary="The VPN gateway vpn.example.com does not answer",
    next_step="Send this report to IT support",
    explains=("vpn_gateway:main", "vpn_tunnel"),
    evidence_for=("The control answered at the same moment",),
    gain=40,
)
CONTACT = ContactCard(
    name="IT Service Desk",
    timezone="Europe/Berlin",
    country="DE",
    routes=(
        ContactRoute(kind="phone", title="Hotline", value="+49 30 1234567", hours="Mo-Fr 08:00-18:00"),
        ContactRoute(kind="email", title="E-mail", value="help@example.com"),
        ContactRoute(kind="portal", title="Portal", value="https://help.example.com/", needs_sign_in=True),
    ),
)
HOME = Environment(
    system="Linux",
    system_version="Debian 12",
    machine="x86_64",
    python="3.11.7",
    computer="anna-laptop",
    user="annaschmidt",
    home="/home/annaschmidt",
    timezone="Europe/Berlin",
)


def report(*results: CheckResult, **changes: Any) -> Report:
    """A run at home with a silent VPN gateway; verdict and score follow from the results unless they are given."""
    results = results or RESULTS
    required = {capability: True for capability in Capability}
    capabilities: tuple[CapabilityVerdict, ...] = judge_capabilities(results, required, {})
    failing = any(c.status in (Standing.NOT_WORKING, Standing.ON_HOLD) for c in capabilities)
    made = Report(
        tool=Tool(version="0.1.0"),
        policy=Policy(
            name="office",
            title="Office",
            version="3",
            hash="0" * 64,
            source="/home/annaschmidt/office.toml",
        ),
        run_id="20261123-091400-4f3a",
        started="2026-11-23T09:14:00+01:00",
        finished="2026-11-23T09:14:14+01:00",
        verdict=Verdict.NOT_READY if failing else Verdict.READY_WITH_WARNINGS,
        score=readiness(results, capabilities),
        capabilities=capabilities,
        causes=(SILENT_GATEWAY,) if failing else (),
        results=results,
        questions=(
            Question(
                id="picture",
                capability=Capability.CALLS,
                text="Is your picture clear?",
                answers=("Yes", "No"),
            ),
        ),
        contact=CONTACT,
        environment=HOME,
        seconds=14.2,
        bytes_used=21_000_400,
    )
    return replace(made, **changes)


def with_text(text: str) -> Report:
    """The sample report with ``text`` in every field of class TEXT, each with a word of its own before it."""
    told = GATEWAY
    finding = replace(told.findings[0], summary=f"s {text}", remedy=f"r {text}", detail=f"d {text}")
    result = replace(
        told,
        summary=f"summary {text}",
        reason=f"reason {text}",
        crash=f"crash\n{text}",
        findings=(finding,),
        facts=(Fact(name="banner", title="Banner", value=f"banner {text}"),),
    )
    held = replace(TUNNEL, reason=f"on hold {text}")
    lost = replace(CAMERA, reason=f"lost {text}")
    cause = replace(
        SILENT_GATEWAY,
        summary=f"cause {text}",
        next_step=f"step {text}",
        evidence_for=(f"for {text}",),
        evidence_against=(f"against {text}",),
    )
    made = report(INTERFACE, UPLOAD, result, held, lost, DISK)
    return replace(
        made,
        causes=(cause,),
        capabilities=tuple(replace(c, reason=f"why {text}") for c in made.capabilities),
        questions=tuple(replace(q, answer=f"answer {text}") for q in made.questions),
        problems=(f"problem {text}",),
    )
