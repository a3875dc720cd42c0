"""sign_in: is the identity provider reachable and whole, and do the clocks agree? Sends no name and no password.

OpenID discovery and its keys, pages that people sign in at (SAML, ADFS), who signs a domain in, key distribution centres.
"""

from readycheck.api import Capability, Check, Context, Cost, Privacy, Progress, Says, fact, skipped
from readycheck_checks.apps.codes import SIGN_IN
from readycheck_checks.blame.options import hosts_beside
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.identity import openid
from readycheck_checks.identity.looking import Look
from readycheck_checks.identity.options import SignInOptions


async def run(options: SignInOptions, ctx: Context) -> Says:
    """Each part by itself; then the clocks."""
    asked = Look(options, ctx)
    if not (options.document or options.pages or options.kerberos_realm):
        yield skipped("apps.sign_in_unnamed", f"The profile does not say whom to ask for {options.title}")
        return
    if options.source:
        read = f", read {options.checked}" if options.checked else ""
        yield fact("data_source", "Data about this service", f"{options.source}{read}", Privacy.PUBLIC)
    if options.document:
        yield Progress(text=f"Asking {openid.host_of(options.document)}")
        async for said in asked.provider():
            yield said
    async for said in asked.pages():
        yield said
    if options.kerberos_realm:
        async for said in asked.kerberos():
            yield said
    for told in await asked.clocks():
        yield told


def cost(options: SignInOptions, quick: bool) -> Cost:
    count = 6 * bool(options.document) + len(options.pages) + 3 * bool(options.kerberos_realm) + 1
    return Cost(
        bytes=count * (12_000 + LOOK_BYTES) + 10_000 * len(options.clock_pages),
        seconds=4.0,
        hosts=f"the servers of {options.title}",
        unnamed=("the servers that these name",),
    )


check = Check(
    id="sign_in",
    title="Sign-in",
    capability=Capability.APPS,
    summary="Whether the identity provider is reachable and whole, and the clocks agree",
    run=run,
    options=SignInOptions,
    timeout=60.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=lambda options: options.title,
    hosts_of=lambda options: hosts_beside(
        options,
        options.document,
        options.realm_of,
        *options.pages,
        options.kerberos_realm.lower(),
        *options.clock_pages,
    ),
    codes=SIGN_IN,
)
