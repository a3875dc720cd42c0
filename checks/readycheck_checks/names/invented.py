"""Names that nobody has: who answers for them answers for every name, and whose doing that is."""

import secrets
from collections.abc import Sequence
from typing import Final

from readycheck.api import Confidence, Context, Owner
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.names.around import Around, Asked, Reply
from readycheck_checks.names.astray import stand_ins_only
from readycheck_checks.names.codes import HIJACK
from readycheck_checks.names.servers import ask_around
from readycheck_checks.names.verdict import Fault, fault
from readycheck_checks.names.word import LINE, Says, all_say_otherwise, of_its_place, who_says_so

_UNTIL: Final = "until then inside names may lead to the wrong place"


async def first_invented(
    ctx: Context, zone: str, wait_s: float, servers: Sequence[str] | None, second_opinion: Sequence[str]
) -> tuple[Fault, Around] | None:
    """None where names that nobody has are not known, as it should be. ``servers``: set on this computer."""
    name = await _random_name_that_exists(ctx, zone, wait_s)
    if not name:
        return None
    around = await ask_around(ctx, name, servers, second_opinion)
    return whose_invention(around), around


async def _random_name_that_exists(ctx: Context, zone: str, wait_s: float) -> str:
    """One of two names that cannot exist and both get an address: somebody answers for every name. Else empty. A program that
    gives stand-ins does so too and invents nothing, for it looks a name up when somebody connects. The dot at their end keeps
    the system from trying them under its search domains, which may have a wildcard of their own."""
    names = [f"{secrets.token_hex(8)}.{zone.rstrip('.')}." for _ in range(2)]
    answers = await at_once({name: ctx.net.resolve(name, timeout_s=wait_s) for name in names})
    if all(isinstance(answer, tuple) and not stand_ins_only(answer) for answer in answers.values()):
        return names[0].rstrip(".")
    return ""


def whose_invention(around: Around) -> Fault:
    """``around``: each name server asked by itself for such a name. One that says that there is none is honest. Where others
    answer too that have nothing to do with each other, something on the way answers in their name."""
    liar = who_says_so(around, _about_an_invention)
    if liar is None:
        return _nobody_says_so(around)
    why, remedy = f"the name server {liar.server} does", f"{HIJACK.remedy.partition(';')[0]}; {_UNTIL}"
    if around.opinions and all(_about_an_invention(each) is Says.SO for each in around.opinions):
        return fault(f"{why}, and so does every other that was asked", remedy, *reversed(LINE))
    ask = f"Ask whoever runs the name server {liar.server} to switch this off; {_UNTIL}"
    return of_its_place(liar, around, _about_an_invention, why, ask)


def _nobody_says_so(around: Around) -> Fault:
    if all_say_otherwise(around, _about_an_invention):
        why = "none of the name servers that are set does, but something on this computer"
        return fault(why, f"Show this result to IT support; {_UNTIL}", Owner.DEVICE)
    why = "which name server does so is not known"
    return fault(why, HIJACK.remedy, *reversed(LINE), Owner.DEVICE, confidence=Confidence.LOW)


def _about_an_invention(asked: Asked) -> Says:
    if asked.reply is Reply.ANSWERED and asked.addresses:
        return Says.SO
    return Says.OTHERWISE if asked.reply is Reply.UNKNOWN_NAME else Says.NOTHING
