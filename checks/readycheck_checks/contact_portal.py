"""contact_portal: does the support portal answer over HTTPS, with the text that belongs on it? Signs in nowhere."""

from typing import Annotated

from msgspec import Meta

from readycheck.api import Capability, Check, Context, Cost, Options, Says
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.blame.lost_names import NameServers, require_addresses
from readycheck_checks.contact.codes import PORTAL
from readycheck_checks.contact.visit import COST_BYTES, TIMEOUT_S, visit_all


class PortalOptions(Options, frozen=True, kw_only=True):
    """What the portal's page must hold, and who answers beside it."""

    expect: Annotated[
        str, Meta(max_length=200, description="A text that must be on the page; empty: any page")
    ] = ""
    controls: Annotated[
        tuple[str, ...],
        Meta(description="Other hosts (host:port), asked at the same moment where the portal is silent"),
    ] = ()
    name_servers: NameServers = ()

    def __post_init__(self) -> None:
        for text in self.controls:
            endpoint(text)
        require_addresses(self.name_servers)


async def run(options: PortalOptions, ctx: Context) -> Says:
    """Visit every portal of the profile and judge each by what came back."""
    asked = visit_all(
        "portal",
        ctx,
        expect=options.expect,
        tcp_controls=options.controls,
        name_servers=options.name_servers,
    )
    async for said in asked:
        yield said


check = Check(
    id="contact_portal",
    title="Support portal",
    capability=Capability.HELP,
    run=run,
    options=PortalOptions,
    summary="Whether the support portal of the profile opens and shows the text that belongs on it",
    after=("internet", "dns", "captive_portal"),
    timeout=TIMEOUT_S,
    cost=Cost(bytes=COST_BYTES, seconds=10.0, hosts="the support portal of the profile"),
    hosts_of=lambda options: hosts_in(*options.controls, *options.name_servers),
    contacts="portal",
    codes=PORTAL,
)
