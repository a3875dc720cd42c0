"""Whom a check may talk to stands in its plan: each field of its options that holds hosts is in ``hosts_of``, also of those that
are asked only after a failure."""

import re
from typing import Any

import pytest
from msgspec import inspect, structs

from readycheck.api import Check, Options
from readycheck.run.registry import load_all
from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.drive import DriveOptions
from readycheck_checks.drive import check as drive

CHECKS = [check for check in load_all()[0] if not check.local]
PORT_PATTERN = inspect.type_info(HostPort).pattern  # type: ignore[attr-defined]
URL_PATTERN = re.compile(r"^\^(https\?|https|http|\(tls\|https\))://")
NAMES = re.compile(r"(.*_)?(controls|hosts?|pages?|servers?|targets?|urls?)")
NEVER_ASKED = {
    ("name", "tcp_controls")
}  # of all declared checks of the network; this one asks name servers only


def kind_of(name: str, kind: inspect.Type) -> str:
    """How this text is written where it holds a host: ``port``, ``url`` or ``host``; empty where it holds none."""
    match kind:
        case inspect.Metadata(type=plain):
            return kind_of(name, plain)
        case inspect.VarTupleType(item_type=item):
            return kind_of(name, item)
        case inspect.UnionType(types=types):
            return next(filter(None, (kind_of(name, each) for each in types)), "")
        case inspect.StrType(pattern=pattern) if pattern == PORT_PATTERN:
            return "port"
        case inspect.StrType(pattern=pattern) if pattern and URL_PATTERN.match(pattern):
            return "url"
        case inspect.StrType() if NAMES.fullmatch(name):
            return "url" if re.search("url|page", name) else "host"
    return ""


def filled(check: Check) -> tuple[Options, dict[str, str]]:
    """Options with a host of its own in each field that holds hosts, and which host stands in which field."""
    values: dict[str, Any] = {}
    hosts: dict[str, str] = {}
    told = inspect.type_info(check.options)
    assert isinstance(told, inspect.StructType)
    for field in told.fields:
        written = kind_of(field.name, field.type)
        if written and (check.id, field.name) not in NEVER_ASKED:
            hosts[field.name] = host = f"x{len(hosts) + 1}.example"
            text = {"port": f"{host}:1", "url": f"https://{host}/", "host": host}[written]
            values[field.name] = (text,) if "VarTuple" in str(field.type) else text
        elif field.name == "inside" and field.default is True:
            values[field.name] = False  # a name of the inside would be told to nobody
        elif field.required or field.name == "domain":
            values[field.name] = "corp.example"
    return unquestioned(check.options)(**values), hosts


def unquestioned(options: Any) -> Any:
    """The same, that takes names where only addresses make sense, and whatever else is wanted."""
    return type(options)("Unquestioned", (options,), {"__post_init__": lambda self: None}, frozen=True)


WITH_HOSTS = [check for check in CHECKS if filled(check)[1]]


@pytest.mark.parametrize("check", WITH_HOSTS, ids=lambda check: check.id)
def test_every_host_of_its_options_stands_in_what_a_check_says_before_a_run(check: Check) -> None:
    options, hosts = filled(check)
    told = check.hosts_of(options) if check.hosts_of is not None else ()
    assert {field: host for field, host in hosts.items() if host not in told} == {}


def test_the_fields_that_hold_hosts_are_found() -> None:
    found = {(check.id, field) for check in CHECKS for field in filled(check)[1]}
    assert {
        ("contact_chat", "tcp_controls"),
        ("dns", "encrypted"),
        ("gateway", "host"),
        ("mailbox", "servers"),
        ("proxy", "also"),
        ("share", "name_servers"),
        ("vpn_inside", "sizes_to"),
        ("web", "redirect_hosts"),
    } <= found


def test_hosts_that_are_asked_beside_have_one_name_in_every_check() -> None:
    fields = {field.name for check in CHECKS for field in structs.fields(check.options)}
    assert {name for name in fields if "control" in name} == {"tcp_controls", "udp_controls"}


def test_beside_the_drives_that_are_named_those_that_are_there_are_spoken_of() -> None:
    options = DriveOptions(expect=("//files.example/team",))
    assert drive.hosts_of is not None and drive.hosts_of(options) == ("files.example",)
    assert drive.cost_of(options, False).unnamed == ("the servers of the network drives",)
