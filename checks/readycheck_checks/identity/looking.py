"""One look at one identity provider, part by part; keeps what time it was there, and compares the clocks in the end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC

from readycheck.api import Context, Fact, Finding, HttpAnswer, Measurement, Owner, Privacy, fact
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.clock import Reading, by_date
from readycheck_checks.identity import centre, openid, realm, visit
from readycheck_checks.identity.hours import apart, is_off, judge_clock, whose_clock
from readycheck_checks.identity.options import SignInOptions
from readycheck_checks.identity.verdict import SignIn

Said = Finding | Fact | Measurement


class Look:
    """``provider()``, ``pages()``, ``kerberos()`` in any order, then ``clocks()``."""

    def __init__(self, options: SignInOptions, ctx: Context) -> None:
        self._options, self._ctx = options, ctx
        self._far = Owner(options.run_by)
        self._verdict = SignIn(options.title, self._far)
        self._beside = options.beside(self._far)
        self._times: list[tuple[str, Reading]] = []

    async def provider(self) -> AsyncIterator[Said]:
        """Document, issuer, keys and hosts of the OpenID provider."""
        seen, trouble = await visit.page(self._ctx, self._options.document, self._beside)
        if trouble is not None or seen.answer is None:
            yield self._verdict.trouble(trouble) if trouble is not None else self._verdict.by_proxy(seen)
            return
        self._keep(str(openid.host_of(seen.url)), seen.answer)
        wrong = self._verdict.status(seen, seen.answer)
        if wrong is not None:
            yield wrong
            return
        try:
            told = openid.provider(seen.answer.body)
        except ValueError as why:
            yield self._verdict.no_document(seen, why)
            return
        yield fact("issuer", "Identity provider", told.issuer, Privacy.ORG)
        found = [self._verdict.issuer(seen, told, self._options.issuer)] if self._options.issuer else []
        found += await self._hosts(told, proxied=seen.proxied)
        if not any(found):
            found.append(await self._keys(told))
        problems = [finding for finding in found if finding is not None]
        for finding in problems:
            yield finding
        if not problems:
            yield self._verdict.answers(
                str(openid.host_of(seen.url)), f", {len(told.hosts)} hosts and its keys"
            )

    async def _hosts(self, told: openid.Provider, *, proxied: bool) -> list[Finding | None]:
        """Of its endpoints, but for the one that answered already. Behind a proxy they are the proxy's to reach."""
        known = openid.host_of(self._options.document)
        others = [] if proxied else [where for where in told.hosts if where != known]
        seen = await asyncio.gather(*(visit.host(self._ctx, where, self._beside) for where in others))
        return [self._verdict.trouble(trouble) for _, trouble in seen if trouble is not None]

    async def _keys(self, told: openid.Provider) -> Finding | None:
        seen, trouble = await visit.page(self._ctx, told.keys, self._beside)
        if trouble is not None or seen.answer is None:
            return self._verdict.no_way_to_keys(trouble) if trouble else self._verdict.by_proxy(seen)
        try:
            if seen.answer.status != 200:
                raise ValueError(f"HTTP {seen.answer.status}")
            openid.keys(seen.answer.body)
        except ValueError as why:
            return self._verdict.no_keys(seen, seen.answer, why)
        return None

    async def pages(self) -> AsyncIterator[Said]:
        """Pages that people sign in at: those of the profile, and where the directory sends the domain to."""
        async for said in self._directory():
            yield said
        urls = self._options.pages
        seen = await asyncio.gather(*(visit.page(self._ctx, url, self._beside) for url in urls))
        for page, trouble in seen:
            if trouble is not None or page.answer is None:
                yield self._verdict.trouble(trouble) if trouble is not None else self._verdict.by_proxy(page)
                continue
            where = str(openid.host_of(page.url))
            self._keep(where, page.answer)
            yield self._verdict.page_status(page, page.answer, self._options.pages_answer) or (
                self._verdict.answers(where, "")
            )

    async def _directory(self) -> AsyncIterator[Said]:
        if not self._options.realm_of:
            return
        seen, _ = await visit.page(self._ctx, self._options.realm_of, self._beside)
        try:
            told = realm.realm(seen.answer.body if seen.answer is not None else b"")
        except ValueError as why:
            yield fact("realm", "Who signs the domain in", f"not known: {seen.error or why}", Privacy.ORG)
            return
        yield fact(
            "realm", "Who signs the domain in", f"{told.kind} {told.signs_in or ''}".strip(), Privacy.ORG
        )
        if told.kind == "Unknown":
            yield self._verdict.unknown_domain(self._options.domain)
        if told.signs_in is not None and not seen.proxied:
            own = Beside(tcp_controls=self._beside.tcp_controls, name_servers=self._beside.name_servers)
            _, trouble = await visit.host(self._ctx, told.signs_in, own)
            yield self._verdict.trouble(trouble) if trouble else self._verdict.answers(str(told.signs_in), "")

    async def kerberos(self) -> AsyncIterator[Said]:
        """The key distribution centres of the realm."""
        found = await centre.centres(self._ctx, self._options.kerberos_realm)
        if isinstance(found, Finding):
            yield found
            return
        told = await centre.ask_all(self._ctx, self._options.kerberos_realm, found, self._beside)
        self._times += [(str(where), reading) for where, reading in centre.readings(told)]
        yield centre.judge(self._options.kerberos_realm, told)

    def _keep(self, where: str, answer: HttpAnswer) -> None:
        reading = by_date(answer, self._ctx.clock.now().astimezone(UTC))
        if reading is not None:
            self._times.append((where, reading))

    async def clocks(self) -> list[Said]:
        """The deviation from each server; a finding for the one that is furthest off."""
        options, said = self._options, []
        worst: tuple[str, Reading, Measurement] | None = None
        for where, reading in self._times:
            told = apart(
                reading,
                options.clock_plan_s,
                options.clock_fail_s,
                options.clock_source,
                name="sign_in_clock",
                title=f"Deviation from the clock of {where}",
            )
            said.append(told)
            if is_off(told) and (worst is None or told.value > worst[2].value):
                worst = where, reading, told
        if worst is None:
            return [*said]
        blame = whose_clock(worst[1], await self._others(), options.clock_plan_s, self._far)
        return [*said, judge_clock(worst[1], worst[2], blame, worst[0])]

    async def _others(self) -> list[Reading]:
        pages = {
            url: self._ctx.http.get(url, timeout_s=4.0, max_bytes=1_024) for url in self._options.clock_pages
        }
        answers = (await at_once(pages)).values()
        now = self._ctx.clock.now().astimezone(UTC)
        found = [by_date(answer, now) for answer in answers if isinstance(answer, HttpAnswer)]
        return [reading for reading in found if reading is not None]
