"""contact_phone: is the support number one that can be dialled? A program cannot call: PASS says nothing about who answers."""

from typing import TYPE_CHECKING

from readycheck.api import (
    Capability,
    Check,
    ContactCard,
    ContactRoute,
    Context,
    Cost,
    Finding,
    NoOptions,
    Owner,
    Says,
    failed,
    passed,
    warned,
)
from readycheck_checks.contact.codes import PHONE, PHONE_NO_COUNTRY, PHONE_NUMBER, PHONE_UNUSUAL
from readycheck_checks.contact.routes import called, no_route, routes_of

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


async def run(options: NoOptions, ctx: Context) -> Says:
    """Judge every phone number of the profile by the numbering plans (ITU-T E.164, as phonenumbers knows them)."""
    phones = routes_of(ctx.contact, "phone")
    if not phones:
        yield no_route("phone")
    for route in phones:
        yield _judge(route, ctx.contact)


def _judge(route: ContactRoute, card: ContactCard) -> Finding:
    import phonenumbers

    country = card.country.upper()
    if not country and not route.value.strip().startswith("+"):
        return _no_country(route)
    try:
        number = phonenumbers.parse(route.value, country or None)
    except phonenumbers.NumberParseException as error:
        return _no_number(route, str(error))
    if phonenumbers.is_valid_number(number):
        return _fine(route, number, country)
    if phonenumbers.is_valid_short_number_for_region(number, country):
        return passed(PHONE_NUMBER, f"{called(route)} is a short number of {country}. Only you can call it")
    if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
        return _unusual(route)
    return _no_number(route, "it is too short or too long, or works only inside the company or the town")


def _fine(route: ContactRoute, number: "PhoneNumber", country: str) -> Finding:
    from phonenumbers import PhoneNumberFormat, format_number

    dialled = format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return passed(
        PHONE_NUMBER,
        f"{route.title or 'Phone'} {dialled} is a valid number. Only you can call it",
        detail=f"Inside {country}: {format_number(number, PhoneNumberFormat.NATIONAL)}" if country else "",
    )


def _no_number(route: ContactRoute, why: str) -> Finding:
    return failed(
        PHONE_NUMBER,
        f"You cannot call {called(route)}: this is no number that can be dialled",
        remedy="Ask your IT support for the right number, and note it where you find it without this computer.",
        owner=Owner.COMPANY,
        detail=why,
    )


def _unusual(route: ContactRoute) -> Finding:
    return warned(
        PHONE_UNUSUAL,
        f"You may not be able to call {called(route)}: the number is in no known range",
        remedy="Call it once while everything works, and tell your IT support if it does not ring.",
        owner=Owner.COMPANY,
    )


def _no_country(route: ContactRoute) -> Finding:
    return warned(
        PHONE_NO_COUNTRY,
        f"You may not be able to call {called(route)} from abroad: it has no country prefix",
        remedy="Ask your IT support for the number with its country prefix, such as +49, and note it.",
        owner=Owner.COMPANY,
    )


check = Check(
    id="contact_phone",
    title="Support phone",
    capability=Capability.HELP,
    run=run,
    summary="Whether the support number can be dialled; calling it is left to the person",
    local=True,
    cost=Cost(bytes=0, seconds=0.5),
    codes=PHONE,
)
