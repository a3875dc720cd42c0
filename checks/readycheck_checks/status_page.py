"""status_page: does a service, or the company, report an incident on its status page? Then it is known, and no ticket is needed.

A page that does not answer says nothing: it is never essential.
"""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    HttpAnswer,
    NetError,
    Options,
    Owner,
    Privacy,
    Progress,
    Says,
    Status,
    fact,
)
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import hosts_in
from readycheck_checks.calls.limits import Date
from readycheck_checks.declared.options import capability_of, title_of
from readycheck_checks.declared.pages import page
from readycheck_checks.status.codes import CODES
from readycheck_checks.status.page import read
from readycheck_checks.status.verdict import Service, judge_page, judge_silence

WAIT_S: Final = 6.0
MOST_BYTES: Final = 400_000
OVERHEAD: Final = 10_000
ABOUT: Final = "status_page_about"  # fact: the checks whose failures it explains


class StatusPageOptions(Options, frozen=True, kw_only=True):
    """One status page, and what of it matters here."""

    title: Annotated[str, Meta(min_length=1, max_length=100, description="What people call the service")]
    url: Annotated[
        str,
        Meta(
            description="Its JSON: https://status.example.com/api/v2/summary.json (Statuspage), or "
            "/api/v1/status.json (Rootly)"
        ),
    ]
    owner: Annotated[
        Literal["service", "company"], Meta(description="Whose page it is, and who works on what it reports")
    ] = "service"
    capability: Annotated[Capability, Meta(description="What the service is needed for, and counts in")] = (
        Capability.APPS
    )
    components: Annotated[
        tuple[str, ...],
        Meta(max_length=50, description="The parts that matter here, as the page names them; left out: all"),
    ] = ()
    about: Annotated[
        tuple[str, ...],
        Meta(
            max_length=50,
            description='The checks that ask this service: "call_service:teams". Their failures are then a known incident',
        ),
    ] = ()
    source: Annotated[str, Meta(description="Where the vendor publishes this")] = ""
    checked: Date | Literal[""] = ""

    def __post_init__(self) -> None:
        if not page(self.url).is_tls:
            raise ValueError("url must begin with https://: on the way anybody could write an incident")

    @property
    def service(self) -> Service:
        parts = urlsplit(self.url)
        return Service(
            title=self.title,
            owner=Owner(self.owner),
            components=self.components,
            link=f"https://{parts.netloc}/",
        )


async def run(options: StatusPageOptions, ctx: Context) -> Says:
    """One question; nothing is followed."""
    yield Progress(text=f"Reading the status page of {options.title}")
    if options.about:
        yield fact(ABOUT, "Checks that this page is about", " ".join(options.about), Privacy.PUBLIC)
    headers = {"accept": "application/json"}
    most = MOST_BYTES if ctx.meter.left is None else min(MOST_BYTES, max(0, ctx.meter.left - OVERHEAD))
    came = await attempt(ctx.http.get(options.url, headers=headers, timeout_s=WAIT_S, max_bytes=most))
    if isinstance(came, NetError):
        yield judge_silence(options.service, str(came))
        return
    why = _unreadable(came)
    if why:
        yield judge_silence(options.service, why)
        return
    try:
        told = read(came.body)
    except ValueError as error:
        yield judge_silence(options.service, str(error))
        return
    finding = judge_page(options.service, told, ctx.clock.now())
    if finding.status is Status.WARN:
        yield fact("known_incident", "What its owner reports", finding.summary, Privacy.TEXT)
    yield finding


def _unreadable(came: HttpAnswer) -> str:
    if came.status != 200:
        return f"it answers with HTTP {came.status}"
    return f"it is longer than {len(came.body)} bytes" if came.truncated else ""


def cost(options: StatusPageOptions, quick: bool) -> Cost:
    return Cost(bytes=MOST_BYTES + OVERHEAD, least=60_000, seconds=1.0, hosts="the status page")


check = Check(
    id="status_page",
    title="Status page",
    capability=Capability.APPS,
    summary="Whether a service reports an incident on its status page: known, so no ticket is needed",
    run=run,
    options=StatusPageOptions,
    weight=0.5,
    timeout=15.0,
    after=("internet", "dns", "captive_portal"),
    essential=False,
    many=True,
    on_demand=True,
    cost=cost,
    title_of=lambda options: f"Status of {title_of(options)}",
    hosts_of=lambda options: hosts_in(options.url),
    codes=CODES,
    capability_of=capability_of,
)
