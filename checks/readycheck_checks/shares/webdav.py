"""The visit to a WebDAV share (RFC 4918): OPTIONS, PROPFIND, ranged GET, PUT and DELETE of one file of our own.

A Nextcloud is asked first whether it is open at all: its status says what the errors of a closed one do not.
"""

import os
import re
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import nullcontext
from typing import Final
from urllib.parse import quote

from readycheck.api import Context, HttpAnswer, NetError, TlsFailed, clean
from readycheck_checks.asking.endpoints import host_in
from readycheck_checks.shares import nextcloud, rate, trial_files
from readycheck_checks.shares.outcome import Credentials, Seen, Stage, Stop, Trouble, Wants, What, what_of
from readycheck_checks.shares.target import Target
from readycheck_checks.shares.trial_files import TrialFiles

ANSWER_S: Final = 6.0
REMOVE_S: Final = 4.0
LISTING_BYTES: Final = 65_536
_ASK_TYPES: Final = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
_RESPONSE: Final = re.compile(rb"<(?:[\w.-]+:)?response[\s>]")
_SAVED: Final = (200, 201, 204)
_MEANINGS: Final = {
    200: What.GARBLED,
    401: What.PASSWORD,
    403: What.DENIED,
    404: What.MISSING,
    405: What.GARBLED,
    407: What.GARBLED,
    409: What.MISSING,
    410: What.MISSING,
    429: What.BUSY,
    501: What.GARBLED,
    507: What.FULL,
}


class Visit:
    """One visit. ``seen`` is filled as it goes; every method raises Stop where nothing behind it can be tried."""

    def __init__(self, target: Target, ctx: Context, seen: Seen) -> None:
        self._target = target
        self._ctx = ctx
        self._seen = seen
        self._auth: tuple[str, str] | None = None
        self._listed = ""

    async def greet(self) -> None:
        """The server stage: any HTTP answer, over verified TLS, before any credentials."""
        if self._target.status_url and await self._is_open():
            self._seen.done.append(Stage.SERVER)
            return
        answer = await self._ask(Stage.SERVER, "OPTIONS", self._target.url)
        if answer.status >= 500 and answer.status != 501:
            raise Stop(_refusal(Stage.SERVER, answer))
        self._seen.done.append(Stage.SERVER)

    async def _is_open(self) -> bool:
        """What the status of a Nextcloud says; False where there is none. Raises Stop where it is closed."""
        answer = await self._ask(Stage.SERVER, "GET", self._target.status_url)
        status = nextcloud.status_in(answer.body)
        if status is None:
            return False
        self._seen.facts.append(("share_product", "Server", f"{status.product} {status.version}".strip()))
        if status.maintenance or status.needs_upgrade or not status.installed:
            told = "maintenance" if status.maintenance else "waiting for its set-up"
            raise Stop(Trouble(stage=Stage.SERVER, what=What.MAINTENANCE, detail=f"status.php: {told}"))
        return True

    async def visit(self, credentials: Credentials, wants: Wants) -> AsyncGenerator[Stage, None]:
        """Sign in, list, read, time and write. Yields the stage that begins."""
        self._auth = (credentials.user, credentials.password) if credentials.user else None
        yield Stage.SIGN_IN
        await self._list()
        if wants.read_file:
            yield Stage.READ
            first = await self._read(wants.read_file, 1)
            self._seen.done.append(Stage.READ)
            if wants.rate_bytes:
                yield Stage.RATE
                async with self._ctx.line:
                    await self._time(wants.read_file, wants.rate_bytes, first)
        if wants.trials is not None:
            yield Stage.WRITE
            await self._remove_old(wants.trials)
            url = self._address(wants.trials.new_name())
            async with self._ctx.line if wants.up_bytes else nullcontext():  # before there is a file of ours
                try:
                    if await self._save(url) and wants.up_bytes:
                        yield Stage.RATE_UP
                        await self._time_saving(url, wants.up_bytes)
                except BaseException:
                    await self._remove(url)
                    raise
            if Stage.WRITE in self._seen.done and not await self._remove(url):
                self._seen.troubles.append(Trouble(stage=Stage.WRITE, what=What.LEFT_BEHIND))

    async def _list(self) -> None:
        """A folder that opens to anybody proves no sign-in. The password leaves once the server has asked for it."""
        answer = await self._ask_for_listing(auth=None)
        if answer.status == 401 and self._auth is None:
            raise Stop(Trouble(stage=Stage.SIGN_IN, what=What.NO_PASSWORD))
        if answer.status == 401:
            answer = await self._ask_for_listing(auth=self._auth)
            if answer.status == 401 or 300 <= answer.status < 400:
                raise Stop(_refusal(Stage.SIGN_IN, answer))
            self._seen.done.append(Stage.SIGN_IN)
        if answer.status != 207:
            raise Stop(_refusal(Stage.LIST, answer))
        self._listed = answer.body.decode("utf-8", "replace")
        entries = max(0, len(_RESPONSE.findall(answer.body)) - 1)  # the first one is the folder itself
        self._seen.facts.append(
            ("share_entries", "Entries seen", f"{entries}{' or more' * answer.truncated}")
        )
        self._seen.done.append(Stage.LIST)

    async def _ask_for_listing(self, auth: tuple[str, str] | None) -> HttpAnswer:
        return await self._ask(
            Stage.SIGN_IN,
            "PROPFIND",
            self._target.url,
            headers={"Depth": "1", "Content-Type": "application/xml"},
            content=_ASK_TYPES,
            auth=auth,
        )

    async def _read(self, name: str, count: int, stage: Stage = Stage.READ) -> rate.Read:
        """The first ``count`` bytes of a file (RFC 9110, 14.2); a server without ranges sends all of it and is cut off."""
        answer = await self._ask(
            stage,
            "GET",
            self._address(name),
            headers={"Range": f"bytes=0-{count - 1}", "Accept-Encoding": "identity"},
            max_bytes=count,
            auth=self._auth,
        )
        if answer.status not in (200, 206, 416):
            raise Stop(self._refused(stage, answer))
        return rate.Read(asked=count, bytes=len(answer.body), seconds=answer.seconds)

    async def _time(self, name: str, budget: int, first: rate.Read) -> None:
        """A tiny read tells what is not the rate's, once more with the line to itself; where nothing comes of it, the first does,
        so that what follows is bounded."""
        try:
            tiny = await self._read(name, 1, Stage.RATE)
        except Stop as stop:
            if stop.trouble.what is not What.SILENT:
                raise
            tiny = first
        last: rate.Read | None = None
        while size := rate.next_bytes(tiny, last, budget):
            small, budget = min(size, rate.SMALL_BYTES), budget - size
            try:
                last = await self._read(name, size, Stage.RATE)
            except Stop as stop:
                if stop.trouble.what is What.SILENT and await self._moves(
                    self._read(name, small, Stage.RATE)
                ):
                    self._seen.rate = rate.at_most(size, ANSWER_S - tiny.seconds)
                raise
            self._seen.rate = rate.goodput(tiny, last)
        if self._seen.rate is not None:
            self._seen.done.append(Stage.RATE)

    async def _remove_old(self, trials: TrialFiles) -> None:
        """What an earlier visit of this set-up left behind, as far as the listing shows it."""
        names = trials.left_behind(trial_files.names_in(self._listed))
        removed = [name for name in names if await self._remove(self._address(name))]
        if removed:
            self._seen.facts.append(("share_removed", "Old test files removed", str(len(removed))))

    async def _save(self, url: str) -> bool:
        """Save a new file. Whatever becomes of it, the caller tries to remove it: the answer may be lost."""
        answer = await self._put(Stage.WRITE, url, trial_files.CONTENT, {"If-None-Match": "*"})
        if answer.status not in _SAVED:
            self._seen.troubles.append(self._refused(Stage.WRITE, answer))
            return False
        self._seen.done.append(Stage.WRITE)
        return True

    async def _time_saving(self, url: str, budget: int) -> None:
        """Save growing contents into our own file; a tiny one tells what is not the rate's."""
        tiny = await self._timed_put(url, 1)
        last: rate.Read | None = None
        while tiny is not None and (size := rate.next_bytes(tiny, last, budget)):
            small, budget = min(size, rate.SMALL_BYTES), budget - size
            try:
                last = await self._timed_put(url, size)
            except Stop as stop:
                if stop.trouble.what is What.SILENT and await self._moves(self._timed_put(url, small)):
                    self._seen.rate_up = rate.at_most(size, ANSWER_S - tiny.seconds)
                raise
            if last is None:
                return
            self._seen.rate_up = rate.goodput(tiny, last)
        if self._seen.rate_up is not None:
            self._seen.done.append(Stage.RATE_UP)

    async def _timed_put(self, url: str, size: int) -> rate.Read | None:
        """None where the server does not take it (it may be too large): the saving itself was proved before."""
        answer = await self._put(Stage.RATE_UP, url, os.urandom(size), {})
        if answer.status not in _SAVED:
            return None
        return rate.Read(asked=size, bytes=size, seconds=answer.seconds)

    async def _moves(self, trial: Awaitable[rate.Read | None]) -> bool:
        """What is slow still moves a little; what stands still does not."""
        try:
            return await trial is not None
        except Stop:
            return False

    async def _put(self, stage: Stage, url: str, content: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        return await self._ask(stage, "PUT", url, headers=headers, content=content, auth=self._auth)

    def _refused(self, stage: Stage, answer: HttpAnswer) -> Trouble:
        """Where the folder opens to anybody, this is the first that was asked with a password."""
        first = answer.status == 401 and Stage.SIGN_IN not in self._seen.done
        if first and self._auth is None:
            return Trouble(stage=Stage.SIGN_IN, what=What.NO_PASSWORD)
        return _refusal(Stage.SIGN_IN if first else stage, answer)

    async def _remove(self, url: str) -> bool:
        try:
            answer = await self._ctx.http.request("DELETE", url, auth=self._auth, timeout_s=REMOVE_S)
        except NetError:
            return False
        return answer.status in (200, 202, 204, 404)

    def _address(self, name: str) -> str:
        return self._target.url + "/".join(quote(part, safe="") for part in name.split("/") if part)

    async def _ask(
        self,
        stage: Stage,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        max_bytes: int = LISTING_BYTES,
        auth: tuple[str, str] | None = None,
    ) -> HttpAnswer:
        try:
            return await self._ctx.http.request(
                method,
                url,
                headers=headers,
                content=content,
                max_bytes=max_bytes,
                timeout_s=ANSWER_S,
                auth=auth,
            )
        except TlsFailed as trouble:
            detail = f"{trouble.detail} {trouble.issuer and f'issuer: {trouble.issuer}'}".strip()
            what = What.GARBLED if trouble.reason == "handshake" else What.CERTIFICATE
            shown = Trouble(
                stage=stage, what=what, detail=clean(detail), reason=trouble.reason, issuer=trouble.issuer
            )
            raise Stop(shown) from None
        except NetError as trouble:
            raise Stop(Trouble(stage=stage, what=what_of(trouble), detail=clean(trouble.detail))) from None


def _refusal(stage: Stage, answer: HttpAnswer) -> Trouble:
    moved, detail = 300 <= answer.status < 400, f"HTTP {answer.status}"
    if moved and (to := host_in(answer.headers.get("location", ""))):
        detail += f" to {to}"
    if answer.status == 401 and not any(each.takes_a_password for each in answer.challenges):
        ways = clean(", ".join(each.scheme for each in answer.challenges), 100)
        return Trouble(
            stage=stage,
            what=What.OTHER_SIGN_IN,
            detail=f"{detail}, asks for {ways or 'nothing that it names'}",
        )
    what = What.ELSEWHERE if moved else _MEANINGS.get(answer.status, What.TROUBLE)
    return Trouble(stage=stage, what=what, detail=detail)
