"""contact_portal: does the support portal answer over HTTPS, with the text that belongs on it? Signs in nowhere."""

from typing import Annotated

from msgspec import Meta

from readycheck.api import Context, Says
from readycheck_checks.blame.options import BesideOptions
from readycheck_checks.contact.codes import PORTAL
from readycheck_checks.contact.visit import page_check, visit_all


class PortalOptions(BesideOptions, frozen=True, kw_only=True):
    """What the portal's page must hold, and who answers beside it."""

    expect: Annotated[
        str, Meta(max_length=200, description="A text that must be on the page; empty: any page")
    ] = ""


async def run(options: PortalOptions, ctx: Context) -> Says:
    """Visit every portal of the profile and judge each by what came back."""
    async for said in visit_all("portal", ctx, options, expect=options.expect):
        yield said


check = page_check(
    "portal",
    run,
    PortalOptions,
    PORTAL,
    summary="Whether the support portal of the profile opens and shows the text that belongs on it",
)
