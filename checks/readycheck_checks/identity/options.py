"""The options of the check sign_in: one identity provider, as a profile describes it."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck_checks.asking.limits import require_above
from readycheck_checks.blame.options import BesideOptions
from readycheck_checks.calls.limits import Date
from readycheck_checks.identity import openid

HttpsUrl = Annotated[str, Meta(pattern="^https://")]
NOBODY: Final = "x"  # stands for a person where a directory wants an address: nobody is called so
_LIMITS_OF: Final = (
    "Kerberos refuses a clock that is 5 minutes off (RFC 4120, 5.9.1; Windows default); "
    "programs that check tokens often allow a minute"
)


class SignInOptions(BesideOptions, frozen=True, kw_only=True):
    """One identity provider; what is left empty is not asked."""

    title: Annotated[str, Meta(min_length=1, description="What people call it")] = "Signing in"
    issuer: Annotated[
        str,
        Meta(description="OpenID issuer (https://login.example.com); {tenant} stands for any tenant number"),
    ] = ""
    discovery: Annotated[
        str, Meta(description="Where its document is, if not below the issuer; {domain} stands for `domain`")
    ] = ""
    domain: Annotated[str, Meta(description="Domain that people sign in with")] = ""
    realm_page: Annotated[
        str,
        Meta(
            description="Page of a directory that says who signs a domain in; {address} stands for x@domain"
        ),
    ] = ""
    pages: Annotated[
        tuple[HttpsUrl, ...], Meta(max_length=4, description="Pages that people sign in at (SAML, ADFS)")
    ] = ()
    pages_answer: Annotated[
        tuple[Annotated[int, Meta(ge=100, le=499)], ...],
        Meta(description="HTTP statuses that these pages are known to answer with; 401 always counts"),
    ] = ()
    kerberos_realm: Annotated[
        str, Meta(description="Kerberos realm, whose servers are found by its domain")
    ] = ""
    run_by: Annotated[
        Literal["company", "service"],
        Meta(description="Who runs it: your company, or a service on the internet"),
    ] = "company"
    clock_plan_s: Annotated[
        float, Meta(gt=0, description="Deviation of the clocks to plan with, in seconds")
    ] = 60.0
    clock_fail_s: Annotated[float, Meta(gt=0, description="Deviation where signing in stops, in seconds")] = (
        300.0
    )
    clock_source: Annotated[str, Meta(description="Whose limits these are")] = _LIMITS_OF
    clock_pages: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://")], ...],
        Meta(
            max_length=4,
            description="Pages of others, whose Date says whose clock is wrong where the clocks differ",
        ),
    ] = ()
    source: Annotated[str, Meta(description="Where the vendor publishes this")] = ""
    checked: Date | Literal[""] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_above("clock_fail_s", self.clock_fail_s, "clock_plan_s", self.clock_plan_s)
        for url in filter(None, (self.issuer, self.document, self.realm_of, *self.pages)):
            openid.host_of(url)

    @property
    def document(self) -> str:
        """URL of the discovery document; empty where there is none to ask for."""
        if self.discovery:
            return self.discovery.replace("{domain}", self.domain) if self.domain else ""
        return f"{self.issuer.rstrip('/')}{openid.WELL_KNOWN}" if self.issuer else ""

    @property
    def realm_of(self) -> str:
        return self.realm_page.replace("{address}", f"{NOBODY}@{self.domain}") if self.domain else ""
