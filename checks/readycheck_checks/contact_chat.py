"""contact_chat: does the page of the support chat answer? Whether somebody is there to chat, only the person can see."""

from readycheck.api import Context, Says
from readycheck_checks.blame.options import BesideOptions
from readycheck_checks.contact.codes import CHAT
from readycheck_checks.contact.visit import page_check, visit_all


class ChatOptions(BesideOptions, frozen=True, kw_only=True):
    """Who answers beside the chat."""


async def run(options: ChatOptions, ctx: Context) -> Says:
    """Visit every chat address of the profile; one that is no web address is named and left alone."""
    async for said in visit_all("chat", ctx, options):
        yield said


check = page_check(
    "chat", run, ChatOptions, CHAT, summary="Whether the address of the support chat opens", essential=False
)
