"""What readycheck exports reaches a help desk as it was shown to the person: by mail, into a mailbox and into a real ticket
system; pasted, over that system's interface. Nothing on the way changes a byte of the text or of the report beside it.
"""

import base64
import json
import mailbox
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

import pytest

from tests import needs
from tests.lab import journey
from tests.lab.desk import ARRIVES_S, Desk, Part
from tests.lab.lab import HOME, Lab
from tests.lab.people import EMAIL, USER_PASSWORD
from tests.lab.servers import dovecot, nginx, postfix, request_tracker
from tests.lab.servers.base import Server

# What a mail server greets with is foreign text; it gets into the evidence.
GREETING: Final = "ESMTP ```` grüß Gott 🙈 <b>שלום</b> | From *here*"
NOTE: Final = "\n".join(
    (
        "Moin, das Laufwerk fehlt – müde Grüße 🙈👍🏽 東京",
        "From now on it is slow",
        ".",
        "..",
        "> From quoted text",
        "```",
        "שלום עולם, مرحبا بالعالم",
        "a soft=20sign, a =3D and a = at the end =",
        "word " * 300,
        "x" * 1500,
        "   indented, with \"quotes\", <tags> & 'ticks' \\ `code`",
        "",
        "-- ",
        "Anna",
    )
)
PROFILE: Final = """
extends = ""
name = "corp"
title = "Corp, müde 🙈"
version = "1"

[support]
name = "Hilfe für Büro 東京"
timezone = "Europe/Berlin"
country = "DE"
note = "From ``` . שלום"

[[support.routes]]
kind = "email"
title = "Help desk by mail"
value = "support@corp.test"

[checks.contact_email]
host = "mail.corp.test"
"""


@dataclass(frozen=True)
class Exported:
    """One ticket in all its formats, as ``readycheck ticket`` wrote them."""

    markdown: bytes
    eml: bytes
    json: bytes

    @property
    def marker(self) -> str:
        """Without brackets: ``rc-1a2b3c4d``."""
        return str(json.loads(self.json)["marker"]).strip("[]")

    @property
    def title(self) -> str:
        return str(json.loads(self.json)["title"])


def export(lab: Lab, report: Path) -> Exported:
    parts = {}
    for form in ("markdown", "eml", "json"):
        written = HOME / f"ticket.{form}"
        readycheck(lab, "ticket", str(report), "--format", form, "--note", NOTE, "--output", str(written))
        parts[form] = written.read_bytes()
    return Exported(**parts)


def readycheck(lab: Lab, *arguments: str) -> None:
    command = (sys.executable, "-m", "readycheck", *arguments)
    done = lab["pc"].run(*command, user=True, check=False, timeout_s=120, env=journey.environment(lab))
    assert done.returncode in (0, 3), done.stderr


@pytest.fixture(scope="module", autouse=True)
def mail(lab: Lab) -> Iterator[None]:
    lab.start([dovecot.mailboxes(lab), postfix.mail(lab)])
    yield
    lab.stop(postfix.NAME)
    lab.stop(dovecot.NAME)


@contextmanager
def instead(lab: Lab, variant: Server) -> Iterator[None]:
    lab.start([variant])
    try:
        yield
    finally:
        lab.start([postfix.mail(lab)])


@pytest.fixture(scope="module")
def failing_run(lab: Lab, mail: None) -> dict[str, Any]:
    """The report of a run in which the mail server offered no encryption, and greeted strangely."""
    profile, saved = HOME / "corp.toml", HOME / "report.json"
    profile.write_text(PROFILE, encoding="utf-8")
    asked = ("--profile", str(profile), "--skip", "device", "--format", "json", "--output", str(saved))
    with instead(lab, postfix.mail(lab, starttls=False, greeting=GREETING)):
        readycheck(lab, "run", *asked)
    told: dict[str, Any] = json.loads(saved.read_bytes())
    assert [cause["code"] for cause in told["causes"]] == ["help.mail_no_starttls"]
    return told


@pytest.fixture
def report(failing_run: dict[str, Any]) -> Path:
    """The same as if of a run of its own, so that its marker is new to everybody."""
    saved = HOME / "own-report.json"
    saved.write_text(json.dumps({**failing_run, "run_id": os.urandom(8).hex()}), encoding="utf-8")
    return saved


@pytest.fixture
def ticket(lab: Lab, report: Path) -> Exported:
    exported = export(lab, report)
    assert "grüß Gott 🙈 <b>שלום</b>" in exported.markdown.decode()
    return exported


@pytest.fixture
def with_umlauts_in_its_title(lab: Lab, report: Path) -> Exported:
    """As it comes from a report whose first cause names something with such a name."""
    told = json.loads(report.read_bytes())
    told["causes"][0]["summary"] = "Das Laufwerk „Größe 東京 🙈“ שלום ist nicht da, " * 3
    report.write_text(json.dumps(told), encoding="utf-8")
    return export(lab, report)


@pytest.mark.parametrize("kind", ["ticket", "with_umlauts_in_its_title"])
def test_a_mailed_draft_lies_in_the_desks_mailbox_as_it_was_written(
    lab: Lab, kind: str, request: pytest.FixtureRequest
) -> None:
    ticket: Exported = request.getfixturevalue(kind)
    submit(lab, ticket.eml)
    (arrived,) = in_mailbox(lab, ticket.marker)
    assert contents(arrived) == contents(parsed(ticket.eml))
    assert arrived["Subject"] == parsed(ticket.eml)["Subject"] == ticket.title
    assert arrived["Message-ID"] == parsed(ticket.eml)["Message-ID"]


def test_a_mailed_draft_survives_a_mailbox_that_is_one_file(lab: Lab, ticket: Exported) -> None:
    """In such a file (mbox) a line that begins with "From " would begin the next mail, and so is changed on the way."""
    with instead(lab, postfix.mail(lab, one_file=True)):
        submit(lab, ticket.eml)
        (arrived,) = in_file(dovecot.MAIL / postfix.ONE_FILE, ticket.marker)
    unixed = [
        part._replace(content=part.content.replace(b"\r\n", b"\n")) for part in contents(parsed(ticket.eml))
    ]
    assert contents(arrived) == unixed


def in_file(file: Path, words: str) -> list[EmailMessage]:
    """The mails of an mbox with these words in their subject, once there is one."""
    until = time.monotonic() + ARRIVES_S
    while time.monotonic() < until:
        mails = mailbox.mbox(file, create=False) if file.exists() else ()
        if found := [parsed(mail.as_bytes()) for mail in mails if words in str(mail["Subject"])]:
            return found
        time.sleep(0.1)
    return []


def submit(lab: Lab, draft: bytes) -> None:
    sent = mail_program(lab, "send", "587", draft=draft.decode("ascii"))
    assert sent.returncode == 0, sent.stderr


def in_mailbox(lab: Lab, words: str) -> list[EmailMessage]:
    """The mails with these words in their subject, once there is one."""
    until = time.monotonic() + ARRIVES_S
    while time.monotonic() < until:
        if lines := mail_program(lab, "read", "support", words).stdout.split():
            return [parsed(base64.b64decode(line)) for line in lines]
        time.sleep(0.1)
    return []


def mail_program(lab: Lab, *arguments: str, draft: str = "") -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-m", "tests.lab.mail_program", *arguments)
    return lab["pc"].run(*command, input=draft, user=True, check=False, env=dict(os.environ))


def parsed(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, _class=EmailMessage, policy=SMTP)


def contents(mail: EmailMessage) -> list[Part]:
    return [
        Part(part.get_content_type(), part.get_filename(), bytes(part.get_payload(decode=True)))
        for part in mail.walk()
        if not part.is_multipart()
    ]


@pytest.fixture(scope="module")
def desk(lab: Lab, mail: None) -> Iterator[Desk]:
    lab.start([request_tracker.desk(), nginx.company(lab, desk="rt")])
    yield Desk(lab)
    lab.stop(request_tracker.NAME)
    lab.stop("company-web")


@needs.request_tracker
def test_a_mailed_draft_becomes_a_ticket_with_its_text_and_the_report_beside_it(
    lab: Lab, desk: Desk, with_umlauts_in_its_title: Exported
) -> None:
    exported = with_umlauts_in_its_title
    with instead(lab, postfix.mail(lab, desk=request_tracker.INNER_URL)):
        submit(lab, exported.eml)
        (number,) = desk.tickets(exported.marker, wait_s=ARRIVES_S)
    subject = desk.subject(number)
    assert exported.title.startswith(subject)
    assert len(subject.encode()) > 190  # Request Tracker keeps 200 bytes
    text, report = contents(parsed(exported.eml))
    assert desk.parts(number) == [text._replace(content=text.content.replace(b"\r\n", b"\n")), report]


@needs.request_tracker
def test_a_ticket_over_the_desks_interface_is_byte_for_byte_the_preview(desk: Desk, ticket: Exported) -> None:
    beside = Part("application/json", "ticket.json", ticket.json)
    number = desk.create(ticket.title, ticket.markdown.decode(), beside)
    assert desk.subject(number) == ticket.title
    assert desk.parts(number) == [Part("text/plain", None, ticket.markdown), beside]


@needs.request_tracker
def test_a_ticket_pasted_into_the_desks_web_form_is_the_preview(desk: Desk, ticket: Exported) -> None:
    pasted = ticket.markdown.decode().replace(
        "\n", "\r\n"
    )  # so browsers send a text field (HTML Standard, 4.10.22.4)
    desk.browse("NoAuth/Login.html", {"user": "anna", "pass": USER_PASSWORD})
    fields = {
        "id": "new",
        "Queue": "1",
        "Requestors": EMAIL,
        "SubmitTicket": "1",
        "ContentType": "text/plain",
    }
    desk.browse("Ticket/Create.html", {**fields, "Subject": ticket.title, "Content": pasted})
    (number,) = desk.tickets(ticket.marker)
    assert desk.parts(number) == [Part("text/plain", None, ticket.markdown)]


@needs.request_tracker
def test_the_marker_finds_all_tickets_of_a_run_and_of_no_other(lab: Lab, desk: Desk, report: Path) -> None:
    first, second = export(lab, report), export(lab, report)
    assert not desk.tickets(first.marker)
    numbers = {desk.create(each.title, each.markdown.decode()) for each in (first, second)}
    assert len(numbers) == 2
    assert set(desk.tickets(second.marker)) == numbers
