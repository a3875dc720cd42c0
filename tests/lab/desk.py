"""The help desk as the person uses it from the pc: its programming interface (REST 2) and its web pages, over HTTPS."""

import base64
import json
import time
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from tests.lab.lab import HOME, Lab
from tests.lab.people import USER_PASSWORD
from tests.lab.servers.request_tracker import PUBLIC_URL

ARRIVES_S: Final = 20.0
ANSWER_S: Final = 30


class Part(NamedTuple):
    """The text of a ticket (without a file name), or a file beside it."""

    kind: str
    name: str | None
    content: bytes


class Desk:
    """One person's dealings with it."""

    def __init__(self, lab: Lab) -> None:
        self._pc = lab["pc"]

    def create(self, subject: str, text: str, *beside: Part) -> int:
        """A new ticket, as a program hands it in; its number."""
        files = [
            {
                "FileName": part.name,
                "FileType": part.kind,
                "FileContent": base64.b64encode(part.content).decode(),
            }
            for part in beside
        ]
        told = {"Queue": "General", "Subject": subject, "ContentType": "text/plain", "Content": text}
        return int(self._asked("ticket", {**told, "Attachments": files})["id"])

    def tickets(self, marker: str, *, wait_s: float = 0.0) -> list[int]:
        """Those with this marker in their subject; with ``wait_s``: once there is one."""
        query = quote(f"Subject LIKE '{marker}'")
        until = time.monotonic() + wait_s
        while True:
            found = [int(one["id"]) for one in self._asked(f"tickets?query={query}")["items"]]
            if found or time.monotonic() >= until:
                return found

    def subject(self, ticket: int) -> str:
        return str(self._asked(f"ticket/{ticket}")["Subject"])

    def parts(self, ticket: int) -> list[Part]:
        """What is in a ticket, the text first; what only holds other parts together is left out."""
        listed = self._asked(f"ticket/{ticket}/attachments?fields=ContentType")["items"]
        told = [
            self._asked(f"attachment/{one['id']}")
            for one in listed
            if not one["ContentType"].startswith("multipart/")
        ]
        parts = [
            Part(one["ContentType"], one.get("Filename") or None, base64.b64decode(one["Content"]))
            for one in told
        ]
        return sorted(parts, key=lambda part: part.name is not None)

    def _asked(self, path: str, told: dict[str, Any] | None = None) -> Any:
        settings = [f'url = "{PUBLIC_URL}/REST/2.0/{path}"', f'user = "anna:{USER_PASSWORD}"']
        if told is not None:
            sent = HOME / "told.json"
            sent.write_text(json.dumps(told), encoding="utf-8")
            settings += [f'data-binary = "@{sent}"', 'header = "Content-Type: application/json"']
        return json.loads(self._curl(*settings))

    def browse(self, page: str, fields: dict[str, str]) -> None:
        """Fill in a form and send it, as a browser does that keeps its cookies."""
        form, cookies = HOME / "form", HOME / "cookies"
        form.write_text(urlencode(fields), encoding="ascii")
        remembering = (f'cookie = "{cookies}"', f'cookie-jar = "{cookies}"', f'referer = "{PUBLIC_URL}/"')
        self._curl(f'url = "{PUBLIC_URL}/{page}"', f'data = "@{form}"', *remembering)

    def _curl(self, *settings: str) -> str:
        """``fail``: an answer that is an error raises HostError."""
        always = ("silent", "show-error", "fail", f"max-time = {ANSWER_S}")
        told = "\n".join((*always, *settings))
        return self._pc.run("curl", "-K", "-", input=told, user=True, timeout_s=ANSWER_S + 5).stdout
