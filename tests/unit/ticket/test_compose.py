from msgspec import Meta
from msgspec.inspect import type_info
from msgspec.structs import fields, replace

from readycheck.model import (
    Capability,
    CapabilityVerdict,
    Cause,
    CheckResult,
    Confidence,
    Fact,
    Measurement,
    Owner,
    Standing,
    Status,
    Verdict,
)
from readycheck.privacy import Privacy
from readycheck.redact import Level
from readycheck.ticket.compose import Ticket, compose
from readycheck.ticket.marker import marker_of
from readycheck.ticket.render import as_json, eml, markdown
from tests.unit.sample_reports import DISK, report

PERSONAL = (
    "annaschmidt",
    "anna-laptop",
    "Schmidts Netz",
    "3c:a6:2f:10:20:30",
    "a4:83:e7:11:22:33",
    "203.0.113.77",
)
UPLOAD = CheckResult(
    check_id="bandwidth",
    capability=Capability.CALLS,
    title="Speed",
    status=Status.FAIL,
    summary="Upload 0.8 Mbit/s, 4 wanted",
    measurements=(
        Measurement(
            name="upload",
            title="Upload",
            value=0.8e6,
            unit="bit/s",
            plan_limit=4e6,
            fail_limit=1.5e6,
            source="Teams",
        ),
        Measurement(name="bytes", title="Bytes moved", value=9e6, unit="bytes"),
    ),
)
SLOW = Cause(
    code="calls.upload_too_slow",
    owner=Owner.ISP,
    confidence=Confidence.MEDIUM,
    summary="Your upload is too slow for video calls",
    next_step="Ask your provider to check the line",
    explains=("bandwidth",),
)


def ticket(**changes: object) -> Ticket:
    return compose(report(), level=Level.SUPPORT, **changes)  # type: ignore[arg-type]


def test_one_ticket_speaks_of_the_whole_run() -> None:
    made = ticket(note="I need the T: drive before 11.")
    assert made.title == f"{made.marker} VPN not working: The VPN gateway vpn.example.com does not answer"
    assert [line.partition(". ")[0] for line in made.cannot] == ["Video calls: limited", "VPN: not working"]
    assert "The VPN gateway vpn.example.com does not answer" in made.cannot[1]
    assert made.causes[0].owner is Owner.COMPANY
    assert made.note == "I need the T: drive before 11."
    assert made.contact == report().contact


def test_the_steps_tried_name_every_check_also_those_on_hold() -> None:
    tried = ticket().tried
    assert len(tried) == len(report().results)
    assert any(line.startswith("On hold: VPN connected") for line in tried)
    assert any(line.startswith("OK: Disk space") for line in tried)


def test_what_is_on_hold_says_so_once() -> None:
    held = CapabilityVerdict(
        id=Capability.FILES,
        title="Files",
        status=Standing.ON_HOLD,
        required=True,
        reason="On hold until this works: VPN",
    )
    made = compose(report(capabilities=(held,)), level=Level.SUPPORT)
    assert made.cannot == ("Files: on hold until this works: VPN",)


def test_what_was_not_asked_for_is_no_step() -> None:
    aside = replace(DISK, status=Status.SKIP, reason="Not asked for in this run")
    assert not compose(report(aside), level=Level.SUPPORT).tried


def test_the_evidence_has_limits_and_their_sources() -> None:
    evidence = "\n".join(ticket().evidence)
    assert "Upload: 3.1 Mbit/s, 4 wanted; stops working at 1.5 Mbit/s (Office profile)" in evidence
    assert "vpn.gateway_silent (fail): UDP 1194 to 198.51.100.5: silent; a control answered" in evidence


def test_what_names_the_person_is_in_no_format_at_level_support() -> None:
    made = ticket(note="annaschmidt on anna-laptop, network Schmidts Netz, 203.0.113.77")
    for data in (markdown(made).encode(), as_json(made), eml(made)):
        for name in PERSONAL:
            assert name.encode() not in data
    assert made.note == "[user 1] on [computer 1], network [wi-fi 1], [address 1]"


def test_company_hosts_stay_readable() -> None:
    assert "vpn.example.com" in markdown(ticket())


def test_at_level_full_everything_is_said_and_the_manifest_says_so() -> None:
    made = compose(report(), level=Level.FULL, note="annaschmidt")
    assert made.note == "annaschmidt"
    assert (made.redaction.level, made.redaction.replaced) == ("full", {})


def test_hide_decides_class_by_class() -> None:
    made = compose(report(), level=Level.SUPPORT, hide=frozenset({Privacy.WIFI}))
    text = markdown(made)
    assert "Schmidts Netz" not in text
    assert "anna-laptop" in text


def test_the_manifest_counts_the_note_too() -> None:
    without = ticket().redaction.replaced["user"]
    assert ticket(note="annaschmidt").redaction.replaced["user"] == without + 1


def test_the_marker_is_of_the_run_and_the_same_for_every_ticket_of_it() -> None:
    assert marker_of("4f3a2b1c9d8e7f60") == "[rc-4f3a2b1c]"
    assert ticket().marker == ticket(note="again").marker


def test_a_foreign_run_id_gives_a_marker_too() -> None:
    assert marker_of("../../etc\n\u202e")[:4] == "[rc-"
    assert len(marker_of("")) == len("[rc-12345678]")
    assert marker_of("a") != marker_of("b")


def test_the_ticket_holds_the_letter_to_the_provider_with_the_address_of_the_line_replaced() -> None:
    address = Fact(name="mapped_address", title="Address", value="203.0.113.9:4000", privacy=Privacy.ADDRESS)
    kind = Fact(name="interface_kind", title="Kind", value="wired", privacy=Privacy.PUBLIC)
    made = compose(report(replace(UPLOAD, facts=(kind, address)), DISK, causes=(SLOW,)), level=Level.SUPPORT)
    assert "Upload: 800 kbit/s" in made.isp_text
    assert "Public address of the line: [address 1]" in made.isp_text
    assert "## For the internet provider" in markdown(made)


def test_without_a_cause_of_the_provider_there_is_no_text_for_it() -> None:
    assert ticket().isp_text == ""


def test_a_run_without_problems_gives_a_ticket_that_says_so() -> None:
    made = compose(report(DISK, verdict=Verdict.READY), level=Level.SUPPORT)
    assert made.title == f"{made.marker} Ready to work"
    assert "Nothing: everything that was checked works" in markdown(made)


def test_a_partial_run_and_what_was_stood_in_for_are_said() -> None:
    made = compose(replace(report(), partial=True, simulated=("VPN gateway",)), level=Level.SUPPORT)
    assert "The run was stopped before it was done" in made.environment
    assert "Stood in for: VPN gateway" in made.environment


def test_a_long_note_is_cut_and_a_hostile_one_cleaned() -> None:
    assert len(ticket(note="x" * 10_000).note) == 4000
    assert "\x1b" not in ticket(note="\x1b[2J").note


def test_every_field_of_a_ticket_has_a_privacy_class() -> None:
    for field in fields(Ticket):
        meta = [m for m in getattr(field.type, "__metadata__", ()) if isinstance(m, Meta)]
        assert any((m.extra or {}).get("privacy") for m in meta), field.name
    assert type_info(Ticket)
