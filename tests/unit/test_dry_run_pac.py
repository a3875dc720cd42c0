"""--dry-run names the server of the proxy configuration that the settings of this computer name, and asks nobody."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from readycheck.api import PAC_SERVER, Capability, Check, Context, Cost, NoOptions, Says, passed
from readycheck.commands.dry_run import tell_plan
from readycheck.model import Policy
from readycheck.ports import ProxySettings
from readycheck.run.assignment import Assignment
from readycheck.run.plan import Selection, plan_of
from readycheck.testing import FakeSystem, fake_context

FILE = ProxySettings(source="KDE", pac_url="http://files.corp.example/proxy.pac")


async def run(options: NoOptions, ctx: Context) -> Says:
    yield passed("test.fine", "It works")


def check(name: str, *unnamed: str) -> Check:
    cost = Cost(bytes=1_000, hosts="the hosts of the profile", unnamed=unnamed)
    return Check(
        id=name,
        title=name,
        capability=Capability.CONNECTION,
        run=run,
        cost=cost,
        hosts_of=lambda options: ("www.example.org",),
    )


def hosts(tmp_path: Path, checked: Check, *, offline: bool = False, simulated: bool = False) -> list[str]:
    plan = plan_of([(checked, NoOptions())], selection=Selection(offline=offline))
    assignment = Assignment(
        plan=plan,
        world=lambda planned, meter: fake_context(meter=meter),
        system=FakeSystem(proxies=FILE),
        policy=Policy(name="x", title="X", version="1", hash="0" * 64),
    )
    if simulated:
        assignment = replace(assignment, simulated=("nothing is real",))
    arguments = argparse.Namespace(format="json", output=str(tmp_path / "plan.json"))
    assert tell_plan(assignment, arguments) == 0
    told = json.loads((tmp_path / "plan.json").read_text())["hosts"]
    assert isinstance(told, list)
    return told


def test_the_server_is_named_in_place_of_the_words_for_it(tmp_path: Path) -> None:
    assert hosts(tmp_path, check("proxy", PAC_SERVER)) == ["www.example.org", "files.corp.example"]


def test_the_server_is_named_where_no_check_speaks_of_it(tmp_path: Path) -> None:
    assert hosts(tmp_path, check("web")) == ["www.example.org", "files.corp.example"]


def test_nobody_is_named_where_nothing_is_asked(tmp_path: Path) -> None:
    assert "files.corp.example" not in hosts(tmp_path, check("web"), offline=True)
    assert "files.corp.example" not in hosts(tmp_path, check("web"), simulated=True)
