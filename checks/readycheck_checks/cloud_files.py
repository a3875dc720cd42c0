"""cloud_files: can the servers of a cloud storage be reached (OneDrive, Google Drive, Dropbox, Box, Nextcloud)? Nobody signs in.

Over verified TLS the answer that the service is known to give proves the reach, a refusal to show files without a sign-in
included; another one may be a filter's. The addresses are dated vendor data; where they hold {tenant}, the profile says which.
"""

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import replace
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlsplit

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    HttpAnswer,
    NameUnknown,
    NetError,
    Owner,
    Privacy,
    Progress,
    Says,
    Silent,
    fact,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, host_in
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.blame.trouble import look_into
from readycheck_checks.clouds.codes import CLOUD
from readycheck_checks.clouds.verdict import Asked, judge_cloud

ANSWER_S: Final = 6.0
MOST_BYTES: Final = 16_384
_TENANT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,61}", re.IGNORECASE)
_PLACE: Final = "{tenant}"
Url = Annotated[str, Meta(pattern=r"^https://[^/\s@]+/[^\s]*$")]
Status = Annotated[int, Meta(ge=100, le=599)]


class CloudFilesOptions(BesideOptions, frozen=True, kw_only=True):
    """One cloud storage: where it must be reached, and what proves that it was."""

    title: Annotated[str, Meta(min_length=1, description="What people call it")]
    urls: Annotated[
        tuple[Url, ...],
        Meta(min_length=1, description="Pages of it; {tenant} in a name is the organisation's own part"),
    ]
    tenant: Annotated[
        str, Meta(description='The organisation\'s part of the names: "corp" of corp.sharepoint.com')
    ] = ""
    answers: Annotated[
        tuple[Status, ...],
        Meta(description="HTTP statuses that a working service is known to give here; 401 always counts"),
    ] = ()
    nextcloud: Annotated[bool, Meta(description="The pages are status.php of a Nextcloud or ownCloud")] = (
        False
    )
    own: Annotated[
        bool, Meta(description="The organisation runs it itself: what is broken there is theirs to mend")
    ] = False
    source: Annotated[str, Meta(description="Where the addresses were published")] = ""
    checked: Annotated[
        str, Meta(description="Day they were compared with it", pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tenant and not _TENANT.fullmatch(self.tenant):
            raise ValueError(f'"{self.tenant}" is no tenant: write it like "corp" of corp.sharepoint.com')

    @property
    def pages(self) -> tuple[str, ...]:
        return tuple(url.replace(_PLACE, self.tenant) for url in self.urls)


async def run(options: CloudFilesOptions, ctx: Context) -> Says:
    """Every page at once; then, only for what failed, whose that is."""
    if any(_PLACE in url for url in options.urls) and not options.tenant:
        yield judge_cloud(options.title, [], no_tenant=True)
        return
    yield Progress(text=f"Asking {options.title}")
    asked = await asyncio.gather(*(_ask(url, options, ctx) for url in options.pages))
    for each in asked:
        if isinstance(each.came, HttpAnswer):
            yield fact("cloud_answer", f"{each.host} answers", f"HTTP {each.came.status}", Privacy.ORG)
    yield judge_cloud(options.title, list(asked))


async def _ask(url: str, options: CloudFilesOptions, ctx: Context) -> Asked:
    """Where it was silent, once more, and the controls at the same moment."""
    proxied = await ctx.http.proxy_for(url) is not None
    came = await _get(url, ctx)
    silent = isinstance(came, Silent) and not proxied
    came, line = await controls.once_more(
        ctx.net, came, partial(_get, url, ctx), silent=silent, tcp=options.tcp_controls
    )
    host = host_in(url)
    asked = Asked(
        host=host,
        came=came,
        far=Owner.COMPANY if options.own else Owner.SERVICE,
        good=options.answers,
        nextcloud=options.nextcloud,
        tenant=options.tenant if options.tenant and options.tenant in host else "",
        proxied=proxied,
    )
    if isinstance(came, NetError) and not proxied:
        return await _looked_into(asked, url, came, line, options, ctx)
    return asked


async def _get(url: str, ctx: Context) -> HttpAnswer | NetError:
    request: Awaitable[HttpAnswer] = ctx.http.get(url, timeout_s=ANSWER_S, max_bytes=MOST_BYTES)
    return await attempt(request)


async def _looked_into(
    asked: Asked, url: str, came: NetError, line: controls.Controls, options: CloudFilesOptions, ctx: Context
) -> Asked:
    """Whose it is; silence counts only where a control (``line``) answered at the same moment."""
    if isinstance(came, Silent) and not line.answered("tcp"):
        return replace(asked, detail=str(line))
    far = Owner.COMPANY if asked.tenant and isinstance(came, NameUnknown) else asked.far
    beside = options.beside(far, inside=options.own)
    looked = await look_into(ctx, Endpoint(asked.host, _port_of(url)), came, beside)
    seen = (str(line) if isinstance(came, Silent) else "", looked.ends)
    return replace(asked, vouched=True, looked=looked, detail="; ".join(filter(None, seen)))


def _port_of(url: str) -> int:
    return urlsplit(url).port or 443


check = Check(
    id="cloud_files",
    title="Cloud storage",
    capability=Capability.FILES,
    summary="Whether the servers of a cloud storage can be reached (OneDrive, Google Drive, Dropbox, Box, Nextcloud)",
    run=run,
    options=CloudFilesOptions,
    timeout=30.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=lambda options, quick: Cost(
        bytes=(60_000 + LOOK_BYTES) * len(options.urls), seconds=3.0, hosts=f"the servers of {options.title}"
    ),
    title_of=lambda options: options.title,
    hosts_of=lambda options: hosts_beside(options, *options.pages),
    codes=CLOUD,
)
