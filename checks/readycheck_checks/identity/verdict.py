"""The verdict about an identity provider, from its documents and hosts. Pure; asks nobody."""

from typing import Final

from msgspec.structs import replace

from readycheck.api import (
    Blame,
    Confidence,
    Finding,
    HttpAnswer,
    Owner,
    Status,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.blame.answering import ASKS_TO_SIGN_IN, PROXY_SAYS, who_answers, who_is_in_trouble
from readycheck_checks.blame.owners import between
from readycheck_checks.conversation.server import Trouble
from readycheck_checks.conversation.verdict import App, judge_trouble
from readycheck_checks.identity.openid import Provider, is_issuer
from readycheck_checks.identity.visit import Page

CODE: Final = "apps.sign_in"
MEANWHILE: Final = "Programs in which you are signed in already may go on working."


class SignIn:
    """The findings about one provider, called ``title``; ``far``: whose it is."""

    def __init__(self, title: str, far: Owner) -> None:
        self._title = title
        self._far = far

    @property
    def does_not(self) -> str:
        return f"{self._title} cannot be used"

    def trouble(self, trouble: Trouble) -> Finding:
        return judge_trouble(App(code=CODE, does_not=self.does_not, meanwhile=MEANWHILE), trouble)

    def by_proxy(self, page: Page) -> Finding:
        return unknown(
            f"{CODE}_unproved",
            f"Whether {self._title} works could not be told: {PROXY_SAYS}",
            remedy="Open the sign-in page in a browser and look",
            detail=f"{page.url}: {page.error}",
        )

    def status(self, page: Page, answer: HttpAnswer) -> Finding | None:
        """What an answer other than 200 says; None for 200."""
        if answer.status == 200:
            return None
        if answer.status >= 500 or (page.proxied and answer.status == 407):
            return self._in_trouble(page, answer, "its server")
        if answer.status in (400, 404):
            return self._failed(
                "not_found",
                f"its server knows no such provider (HTTP {answer.status})",
                page,
                self._of_the_profile,
            )
        return self._failed(
            "unexpected", f"its server answers HTTP {answer.status} in place of its document", page
        )

    def page_status(self, page: Page, answer: HttpAnswer, good: tuple[int, ...]) -> Finding | None:
        """Of a page that people sign in at. ``good``: statuses that it is known to answer with; asking to sign in is one."""
        if answer.status in (ASKS_TO_SIGN_IN, *good):
            return None
        if answer.status >= 500 or (page.proxied and answer.status == 407):
            return self._in_trouble(page, answer, "its page")
        if answer.status == 404:
            return self._failed("not_found", "its page does not exist (HTTP 404)", page, self._of_the_profile)
        return unknown(
            f"{CODE}_unproved",
            f"Whether {self._title} works could not be told: its page answers HTTP {answer.status}, "
            "as a filter of this network might too",
            remedy="Open the sign-in page in a browser and look",
            detail=page.url,
        )

    def _in_trouble(self, page: Page, answer: HttpAnswer, what: str) -> Finding:
        blame = who_is_in_trouble(self._far, answer.status, proved=True, proxied=page.proxied)
        if blame is None or answer.status == 407:
            return self.by_proxy(page)
        how = f"{what} answers with an error of its own (HTTP {answer.status})"
        return self._failed("down", how, page, blame)

    @property
    def _of_the_profile(self) -> Blame:
        """What the provider does not know may be written wrongly in the profile, or given up by the provider."""
        return between(Owner.COMPANY, self._far, confidence=Confidence.MEDIUM)

    def no_document(self, page: Page, why: ValueError) -> Finding:
        return self._failed("document", f"what its server tells about itself cannot be used: {why}", page)

    def issuer(self, page: Page, told: Provider, expected: str) -> Finding | None:
        """None where the issuer is as expected."""
        if is_issuer(told.issuer, expected):
            return None
        how = f"it calls itself {told.issuer}, and {expected} was expected"
        return self._failed("issuer", how, page, self._of_the_profile)

    def no_keys(self, page: Page, answer: HttpAnswer, why: ValueError) -> Finding:
        """What came in place of the keys is none."""
        blame: Blame | None = who_answers(self._far, proved=True, proxied=page.proxied)
        if answer.status >= 500:
            blame = who_is_in_trouble(self._far, answer.status, proved=True, proxied=page.proxied)
        return self._keys(page, why, blame) if blame is not None else self.by_proxy(page)

    def no_way_to_keys(self, trouble: Trouble) -> Finding:
        """Nothing came of the keys, which not everybody reads: never more than a warning."""
        app = App(code=CODE, does_not=f"The keys of {self._title} cannot be read", meanwhile=MEANWHILE)
        finding = judge_trouble(app, trouble)
        return replace(finding, status=Status.WARN) if finding.status is Status.FAIL else finding

    def _keys(self, page: Page, why: ValueError, blame: Blame) -> Finding:
        return warned(
            f"{CODE}_keys",
            f"{self._title} may not work everywhere: its keys cannot be read: {why}",
            remedy=f"Tell IT support that the keys of the sign-in server cannot be read. {MEANWHILE}",
            blame=blame,
            detail=page.url,
        )

    def unknown_domain(self, domain: str) -> Finding:
        return failed(
            f"{CODE}_not_found",
            f"{self.does_not}: nobody signs people of {domain} in there",
            remedy=f"Ask IT support whether {domain} is still the domain to sign in with.",
            owner=Owner.COMPANY,
            detail=domain,
        )

    def answers(self, where: str, more: str) -> Finding:
        return passed(CODE, f"{self._title} answers ({where}{more})")

    def _failed(self, kind: str, how: str, page: Page, blame: Blame | None = None) -> Finding:
        """``blame``: else it is who answers in the provider's name."""
        blame = blame or who_answers(self._far, proved=True, proxied=page.proxied)
        tell = "Tell IT support what is said here about the sign-in server."
        return failed(
            f"{CODE}_{kind}",
            f"{self.does_not}: {how}",
            remedy=f"{tell} {MEANWHILE}",
            blame=blame,
            detail=page.url,
        )
