"""contact_chat: does the page of the support chat answer? Whether somebody is there to chat, only the person can see."""

from typing import Annotated

from msgspec import Meta

from readycheck.api import Capability, Check, Context, Cost, Options, Says
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.blame.lost_names import NameServers, require_addresses
from readycheck_checks.contact.codes import CHAT
from readycheck_checks.contact.visit import COST_BYTES, TIMEOUT_S, visit_all


class ChatOptions(Options, frozen=True, kw_only=True):
    """Who answers beside the chat."""

    controls: Annotated[
        tuple[str, ...],
        Meta(description="Other hosts (host:port), asked at the same moment where the chat is silent"),
    ] = ()
    name_servers: NameServers = ()

    def __post_init__(self) -> None:
        for text in self.controls:
            endpoint(text)
        require_addresses(self.name_servers)


async def run(options: ChatOptions, ctx: Context) -> Says:
    """Visit every chat address of the profile; one that is no web address is named and left alone."""
    asked = visit_all("chat", ctx, tcp_controls=options.controls, name_servers=options.name_servers)
    async for said in asked:
        yield said


check = Check(
    id="contact_chat",
    title="Support chat",
    capability=Capability.HELP,
    run=run,
    options=ChatOptions,
    summary="Whether the address of the support chat opens",
    essential=False,
    after=("internet", "dns", "captive_portal"),
    timeout=TIMEOUT_S,
    cost=Cost(bytes=COST_BYTES, seconds=10.0, hosts="the support chat of the profile"),
    hosts_of=lambda options: hosts_in(*options.controls, *options.name_servers),
    contacts="chat",
    codes=CHAT,
)
