"""Who else knows a name that the name server of this computer does not: the second opinion of other name servers."""

from collections.abc import Sequence
from dataclasses import dataclass

from readycheck.api import Confidence, Context, Owner
from readycheck_checks.blame import Whose
from readycheck_checks.names.around import Reply
from readycheck_checks.names.servers import ask_around


@dataclass(frozen=True, kw_only=True)
class Opinions:
    """How many other name servers know the name, and how many say that it does not exist."""

    know: int = 0
    deny: int = 0

    def __str__(self) -> str:
        told = [f"{self.know} know it" if self.know else "", f"{self.deny} do not" if self.deny else ""]
        found = " and ".join(filter(None, told))
        return f"of other name servers {found}" if found else ""


async def who_knows(ctx: Context, name: str, name_servers: Sequence[str]) -> Opinions:
    """Asks for the IPv4 addresses of the name. Servers that are silent, refuse or fail have no opinion."""
    if not name_servers:
        return Opinions()
    asked = await ask_around(ctx, name, None, name_servers)
    replies = [one.reply for one in asked.opinions]
    return Opinions(know=replies.count(Reply.ANSWERED), deny=replies.count(Reply.UNKNOWN_NAME))


def whose_name(opinions: Opinions, far: Owner) -> Whose:
    """Whose it is that a name is not known here. ``far``: who has to keep the name.

    A name that others know is held back near this computer; one that nobody knows is missing. Without opinions it may be either.
    """
    if opinions.know:
        return Whose(either=(Owner.HOME, Owner.ISP), confidence=Confidence.MEDIUM)
    if opinions.deny:
        return Whose(far, confidence=Confidence.HIGH)
    return Whose(either=(far, Owner.HOME, Owner.ISP), confidence=Confidence.LOW)
