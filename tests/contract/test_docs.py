import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from readycheck.api import Check, Refused, Status
from readycheck.errors import Where
from readycheck.testing import FakeNet, run_check

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_real_help() -> None:
    environ = os.environ | {"COLUMNS": "80"}
    shown = subprocess.run(
        [sys.executable, "-m", "readycheck", "--help"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    blocks = re.findall(r"```text\n(usage: readycheck .*?)```", (ROOT / "README.md").read_text(), re.S)
    assert blocks == [shown.stdout]


def example() -> tuple[str, dict[str, Any]]:
    """The complete check of CONTRIBUTING.md, executed."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    (code,) = re.findall(r"```python\n(\"\"\".*?)```", text, re.S)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    return code, names


def test_the_check_in_contributing_is_short_and_works() -> None:
    code, names = example()
    check = names["check"]
    assert isinstance(check, Check)
    assert len([line for line in code.splitlines() if line.strip()]) <= 25
    options = check.options(host="printer.example")
    good = asyncio.run(run_check(check, options, net=FakeNet(ports={("printer.example", 9100): 12.0})))
    refused = Refused(Where(host="printer.example", port=9100))
    bad = asyncio.run(run_check(check, options, net=FakeNet(ports={("printer.example", 9100): refused})))
    silent = asyncio.run(run_check(check, options, net=FakeNet()))
    assert [r.status for r in (good, bad, silent)] == [Status.PASS, Status.FAIL, Status.UNKNOWN]


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
