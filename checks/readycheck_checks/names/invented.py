"""Names that nobody has: who answers for them answers for every name."""

import secrets

from readycheck.api import Context
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.names.astray import stand_ins_only


async def random_names_exist(ctx: Context, zone: str, wait_s: float) -> bool:
    """True where two names that cannot exist both get an address: somebody answers for every name. A program that gives stand-ins
    does so too and invents nothing, for it looks a name up when somebody connects. The dot at their end keeps the system from
    trying them under its search domains, which may have a wildcard of their own."""
    names = [f"{secrets.token_hex(8)}.{zone.rstrip('.')}." for _ in range(2)]
    answers = await at_once({name: ctx.net.resolve(name, timeout_s=wait_s) for name in names})
    return all(isinstance(answer, tuple) and not stand_ins_only(answer) for answer in answers.values())
