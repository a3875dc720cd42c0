"""A profile as it is written: the types of its tables, with the rules that their values must keep."""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from readycheck.model import Capability
from readycheck.profile.rules import (
    CA_FILE,
    COUNTRY,
    HOURS,
    NOT_BLANK,
    RESOLVER,
    SIZE,
    TIME_ZONE,
    BadKey,
    judge_route,
)

SCHEMA: Final = 1
LATER: Final = "later"  # in a file of answers: this question is left out


def _said(description: str, *, most: int | None = None) -> Meta:
    return Meta(description=description, max_length=most)


class RunTable(Struct, frozen=True, kw_only=True):
    """``[run]``: what a run may use, and its surroundings."""

    max_data: Annotated[str, SIZE, _said("Data the run may use at most, both directions: 60MB.")] = "60MB"
    max_seconds: Annotated[float, Meta(ge=5, description="Time the run may take at most.")] = 90.0
    resolver: Annotated[
        str, RESOLVER, _said("Address, or address:port, of the name server to use; empty: the system's.")
    ] = ""
    ca_file: Annotated[
        str, CA_FILE, _said("File with the company's own CA certificates (PEM), used beside the system's.")
    ] = ""
    simulated: Annotated[tuple[str, ...], _said("What is stood in for, in words (demonstrations).")] = ()


class CapabilityPolicy(Struct, frozen=True, kw_only=True):
    """How one capability counts: ``required`` decides the verdict, ``weight`` its part of the score."""

    required: Annotated[bool, _said("Whether work needs it: the verdict depends on it.")] = True
    weight: Annotated[float, Meta(ge=0, le=100, description="Its part of the readiness score.")] = 1.0


class RouteTable(Struct, frozen=True, kw_only=True):
    """``[[support.routes]]``: one way to reach a human."""

    kind: Annotated[Literal["phone", "email", "portal", "chat"], _said("What kind of way it is.")]
    title: Annotated[str, NOT_BLANK, _said("Name for people.", most=100)]
    value: Annotated[str, _said("The number, e-mail address or web address.", most=300)]
    hours: Annotated[
        str,
        HOURS,
        _said("Opening hours in OpenStreetMap syntax: Mo-Fr 08:00-18:00; PH off. Empty: always.", most=500),
    ] = ""
    note: Annotated[str, _said("What to have at hand, or whom to ask for.", most=500)] = ""
    needs_vpn: Annotated[bool, _said("It works only with the VPN up.")] = False
    needs_sign_in: Annotated[bool, _said("It works only after signing in.")] = False
    when: Annotated[
        Literal["", "closed", "urgent"],
        _said(
            "closed: only while nobody else answers; urgent: then, for what cannot wait. Left out: always."
        ),
    ] = ""

    def __post_init__(self) -> None:
        judge_route(self.kind, self.value)


class SupportTable(Struct, frozen=True, kw_only=True):
    """``[support]``: the support desk, shown always, also with no network at all."""

    name: Annotated[str, _said("What the desk is called.", most=100)] = ""
    timezone: Annotated[str, TIME_ZONE, _said("Time zone of its opening hours (IANA name).")] = "UTC"
    country: Annotated[str, COUNTRY, _said("Country of its public holidays, ISO 3166-1 (DE).")] = ""
    note: Annotated[
        str, _said("What to know beside the routes, or where to look where there is none.", most=1000)
    ] = ""
    routes: Annotated[tuple[RouteTable, ...], _said("The ways to reach a human, the best first.")] = ()


class QuestionTable(Struct, frozen=True, kw_only=True):
    """``[questions.ID]``: something about the set-up that only the person can tell. Asked, never measured."""

    text: Annotated[str, NOT_BLANK, _said("The question, one sentence.", most=120)]
    capability: Annotated[Capability, _said("What it is about.")]
    help: Annotated[str, _said("How the person finds out, before answering.", most=1000)] = ""
    answers: Annotated[
        tuple[Annotated[str, NOT_BLANK, Meta(max_length=60)], ...],
        Meta(
            min_length=2, max_length=6, description="The answers there are; the first says that all is well."
        ),
    ] = ("yes", "no")
    advice: Annotated[str, _said("What to do where the answer is another than the first.", most=500)] = ""
    pointless_after: Annotated[
        tuple[Annotated[str, NOT_BLANK, Meta(max_length=80)], ...],
        Meta(
            max_length=8,
            description='Codes of findings after which it is no longer asked, such as "device.no_camera".',
        ),
    ] = ()
    enabled: Annotated[bool, _said("false: not asked with this profile.")] = True

    def __post_init__(self) -> None:
        if len({answer.casefold() for answer in (*self.answers, LATER)}) <= len(self.answers):
            raise BadKey("answers", f'different answers, none of them "{LATER}", which leaves a question out')


class Document(Struct, frozen=True, kw_only=True):
    """A whole profile, all layers merged."""

    schema: Annotated[Literal[1], _said("Version of the profile format.")] = SCHEMA
    extends: Annotated[str, _said('The shipped profile underneath; "" for none. Left out: "office".')] = ""
    name: Annotated[str, _said("Short name, also in reports. Left out: the name of the file.", most=60)] = ""
    title: Annotated[str, _said("Name for people.", most=100)] = ""
    version: Annotated[str, _said("The profile's own version, free text.", most=60)] = ""
    description: Annotated[str, _said("What it is for, in a sentence or two.", most=2000)] = ""
    run: Annotated[RunTable, _said("What a run may use.")] = RunTable()
    capabilities: Annotated[dict[Capability, CapabilityPolicy], _said("How each capability counts.")] = {}
    support: Annotated[SupportTable, _said("The support desk.")] = SupportTable()
    questions: Annotated[
        dict[str, QuestionTable], _said("What only the person can tell about the set-up, a table each.")
    ] = {}
    checks: Annotated[dict[str, dict[str, Any]], _said("Options of the checks, a table each.")] = {}
