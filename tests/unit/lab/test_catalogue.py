"""The catalogue is read strictly, and all that it names is there: verbs, parameters, servers, profiles, checks, codes."""

import inspect
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from readycheck.model import Owner, Standing
from readycheck.profile import load
from readycheck.run.plan import Selection
from readycheck.run.registry import load_all
from readycheck.wiring import plan_for
from tests.lab import catalogue, journey, premises, switches
from tests.lab.catalogue import FOLDER, Case, touches
from tests.lab.sandbox import REPOSITORY
from tests.lab.switches.base import parsed
from tests.unit.lab.small import fault

CASES = catalogue.cases()
GOOD = """
name = "gateway-off"
title = "The VPN gateway is off"
cause = "vpn.gateway_silent"
whose = "company"
"""


def read(tmp_path: Path, text: str) -> tuple[Case, ...]:
    (tmp_path / "10_mine.toml").write_text(text, encoding="utf-8")
    return catalogue.read(tmp_path)


# ---- Reading ----


def test_a_cause_may_be_a_single_text_and_groups_stand_for_their_checks(tmp_path: Path) -> None:
    (case,) = read(tmp_path, f'[[fault]]\n{GOOD}\nbroken = ["@inside", "dns"]\nhold = ["@vpn"]')
    assert case.cause == ("vpn.gateway_silent",) and case.level == "fail"
    assert case.broken == ("vpn_inside", "share", "dns")
    assert case.hold == ("vpn_gateway", "vpn_tunnel", "vpn_inside", "share")


def test_a_group_of_groups_stands_for_all_of_them(tmp_path: Path) -> None:
    (case,) = read(tmp_path, f'[[fault]]\n{GOOD}\nbroken = ["@outside"]')
    assert {"call_path", "vpn_inside", "contact_email", "tls", "internet", "dns"} <= set(case.broken)
    assert not any(check.startswith("@") for check in case.broken)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[[fault]]\n{GOOD}\n[[fault]]\n{GOOD}", r"10_mine\.toml: gateway-off is there twice"),
        (f"[[falt]]\n{GOOD}", r"\[\[falt\]\] is neither \[\[fault\]\] nor \[\[healthy\]\]"),
        (f"[[fault]]\n{GOOD}\nbroke = []", r"10_mine\.toml, gateway-off: .*broke"),
        (f'[[fault]]\n{GOOD}\nbroken = ["@indoors"]', r"@indoors is no group of checks; there are @inside"),
        (
            f'[[fault]]\n{GOOD}\nwhose = "me"'.replace('whose = "company"', ""),
            "gateway-off: Invalid enum value 'me'",
        ),
        (f'[[fault]]\n{GOOD}\nlevel = "bad"', "gateway-off: Invalid enum value 'bad'"),
        (f'[[fault]]\n{GOOD}\ncapabilities = {{ vpn = "ill" }}', "gateway-off: Invalid enum value 'ill'"),
        (f'[[fault]]\n{GOOD}\neither = ["home", "company"]', "`either` and `why` belong together"),
        (
            f'[[fault]]\n{GOOD}\neither = ["home", "isp"]\nwhy = "x"',
            "`either` names two parties or more, and `whose` is one of them",
        ),
        (f'[[fault]]\n{GOOD}\neither = ["company"]\nwhy = "x"', "`either` names two parties or more"),
        (f'[[fault]]\n{GOOD}\nwhy = "it is so"', "`either` and `why` belong together"),
        ('[[fault]]\nname = "x"\ntitle = "X"\ncause = "a.b"', "a fault needs `cause` and `whose`"),
        ('[[fault]]\nname = "x"\ntitle = "X"\nwhose = "home"', "a fault needs `cause` and `whose`"),
        (
            '[[healthy]]\nname = "x"\ntitle = "X"\nbroken = ["dns"]',
            "what is healthy has no cause, no owner and nothing broken",
        ),
        ('[[healthy]]\nname = "x"\ntitle = "X"\nwhose = "home"', "what is healthy has no cause"),
        ('[[healthy]]\nname = "x"', "x: Object missing required field `title`"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(tmp_path, text)


# ---- Independence ----


@pytest.mark.parametrize(
    ("changes", "independent"),
    [
        ({}, True),
        ({"broken": ("vpn_gateway",)}, False),
        ({"hold": ("vpn_gateway",)}, False),
        ({"uncertain": ("vpn_gateway",)}, False),
        ({"uncertain": ("contact_email",)}, True),
        ({"unseen": ("vpn_gateway",)}, False),
        ({"profile": "office"}, False),
        ({"tunnel": "none"}, False),
        ({"cause": ("help.mail_down", "vpn.gateway_silent")}, False),
    ],
)
def test_faults_are_independent_where_each_can_be_seen_beside_the_other(
    changes: dict[str, Any], independent: bool
) -> None:
    mail = fault("mail-off", **{"cause": ("help.mail_down",), "broken": ("contact_portal",), **changes})
    assert fault().independent_of(mail) is independent
    assert mail.independent_of(fault()) is independent


def test_a_check_and_its_instances_touch_each_other_and_other_instances_do_not() -> None:
    assert (
        touches("share:team", ("share",)) and touches("share", ("share:team",)) and touches("dns", ("dns",))
    )
    assert not touches("share:team", ("share:docs",)) and not touches("shares", ("share",))


# ---- What it names ----


def steps(case: Case) -> Iterator[dict[str, Any]]:
    """Every step of a case, those within other steps too."""
    waiting = list(case.how)
    while waiting:
        step = waiting.pop()
        yield step
        if isinstance(inner := step.get("later"), list):
            waiting += inner


def factory(step: dict[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
    """What makes the servers of a ``serve`` step, and the settings that it is given."""
    module, _, name = step["serve"].partition(".")
    settings = {key: value for key, value in step.items() if key != "serve"}
    return getattr(import_module(f"tests.lab.servers.{module}"), name), settings


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_every_step_is_a_verb_with_parameters_that_it_takes(case: Case) -> None:
    assert switches.__all__
    for step in steps(case):
        function, value, parameters = parsed(step)
        inspect.signature(function).bind(None, value, **parameters)
        if "serve" in step:
            made_by, settings = factory(step)
            wants_lab = "lab" in inspect.signature(made_by).parameters
            inspect.signature(made_by).bind(*([None] if wants_lab else []), **settings)


def test_every_profile_tunnel_and_check_is_one_that_there_is() -> None:
    checks = {check.id for check in load_all()[0]}
    for case in CASES:
        named = {*case.broken, *case.uncertain, *case.unseen, *case.hold}
        assert {each.partition(":")[0] for each in named} <= checks, case.name
        assert {each for each in named if ":" in each} <= planned(case.profile), case.name
        assert case.profile == "office" or Path(journey.source(case.profile)).exists(), case.name
        kind = premises.terms(case.tunnel)["kind"]
        assert case.tunnel == "none" or kind in ("openvpn", "ocserv", "wireguard", "ike"), case.name


@cache
def planned(profile: str) -> set[str]:
    """The check ids of a run with this profile, instances of checks with their names."""
    checks = load_all()[0]
    return {each.check_id for each in plan_for(load(journey.source(profile)), checks, Selection()).checks}


def test_what_is_broken_and_how_capabilities_stand_is_said_of_every_fault() -> None:
    for case in catalogue.faults():
        stands = set(case.capabilities.values())
        assert any(touches(check, case.broken) for check in planned(case.profile)), case.name
        assert (Standing.NOT_WORKING in stands) is (case.level == "fail"), case.name
        assert case.level == "fail" or Standing.LIMITED in stands, case.name


def test_no_healthy_variant_is_another_one_again() -> None:
    ways = [(case.profile, case.tunnel, case.how) for case in catalogue.healthy()]
    assert all(ways.count(way) == 1 for way in ways)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["router-off"], ""),
        (["clock-half-an-hour", "old-password"], ""),
        (["router-off", "no-such-thing"], "No such situation: no-such-thing"),
        (["router-off", "old-password"], "cannot be on at once"),
        (["router-off", "mail-stopped"], "cannot be on at once"),
        ([], ""),
    ],
)
def test_situations_are_on_at_once_only_where_profile_and_vpn_are_the_same(
    names: list[str], said: str
) -> None:
    assert said in catalogue.obstacle(names) and bool(said) is bool(catalogue.obstacle(names))


def test_every_cause_is_a_code_that_some_check_or_rule_says() -> None:
    sources = [*REPOSITORY.glob("checks/**/*.py"), *REPOSITORY.glob("readycheck/**/*.py")]
    written = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    said = set(re.findall(r"[\"'`]([a-z]+\.[a-z_]+)[\"'`]", written))
    said |= {code.name for check in load_all()[0] for code in check.codes}
    assert {code for case in CASES for code in case.cause} - said == set()


def test_every_party_is_at_fault_somewhere_and_names_are_plain() -> None:
    assert {case.whose for case in catalogue.faults()} == set(Owner) - {Owner.UNKNOWN}
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name) for case in CASES)
    assert len(catalogue.faults()) >= 60 and len(catalogue.healthy()) >= 10


def test_every_file_is_toml_with_a_word_about_what_it_holds() -> None:
    for file in FOLDER.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        assert text.startswith("# ") and tomllib.loads(text)
