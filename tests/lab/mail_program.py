"""The person's mail program: opens a draft and sends it, reads a mailbox. Run on a host of the lab, by the ordinary user.

python -m tests.lab.mail_program send 587 < draft.eml
python -m tests.lab.mail_program read support WORDS    the raw mails of this mailbox with WORDS in the subject, each in base64

It signs in as the person of the lab, or with the password in LAB_PASSWORD. What does not work it tells on stderr.
"""

import base64
import imaplib
import os
import smtplib
import ssl
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from tests.lab.people import EMAIL, USER_PASSWORD

SERVER: Final = "mail.corp.test"
TLS_FROM_THE_START: Final = 465
WAIT_S: Final = 10.0


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["send", port]:
                send(sys.stdin.buffer.read(), int(port))
            case ["read", mailbox, words]:
                print("\n".join(base64.b64encode(mail).decode() for mail in read(mailbox, words)))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (OSError, smtplib.SMTPException, imaplib.IMAP4.error) as error:
        print(repr(error), file=sys.stderr)
        return 1
    return 0


def send(draft: bytes, port: int) -> None:
    """What mail programs do with a draft: take it apart, fill in the sender, put it together again, submit it."""
    message = message_from_bytes(draft, _class=EmailMessage, policy=SMTP)
    message["From"] = EMAIL
    del message["X-Unsent"]
    trust = ssl.create_default_context()
    if port == TLS_FROM_THE_START:
        server: smtplib.SMTP = smtplib.SMTP_SSL(SERVER, port, timeout=WAIT_S, context=trust)
    else:
        server = smtplib.SMTP(SERVER, port, timeout=WAIT_S)
    with server:
        if port != TLS_FROM_THE_START:
            server.starttls(context=trust)
        server.login(EMAIL, _password())
        server.send_message(message)


def read(mailbox: str, words: str) -> list[bytes]:
    """Over IMAP with TLS, the oldest first."""
    with imaplib.IMAP4_SSL(SERVER, 993, ssl_context=ssl.create_default_context(), timeout=WAIT_S) as server:
        server.login(mailbox, _password())
        server.select("INBOX", readonly=True)
        numbers = server.search(None, "SUBJECT", f'"{words}"')[1][0].split()
        return [_content(server, number.decode()) for number in numbers]


def _content(server: imaplib.IMAP4, number: str) -> bytes:
    match server.fetch(number, "(BODY.PEEK[])")[1][0]:
        case (_, bytes(mail)):
            return mail
    raise imaplib.IMAP4.error(f"mail {number} has no content")


def _password() -> str:
    return os.environ.get("LAB_PASSWORD", USER_PASSWORD)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
