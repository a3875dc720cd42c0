"""The run screen as plain text, one golden file a verdict. Written anew with READYCHECK_GOLDENS=write, then read by a person."""

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readycheck.show.glyphs import ASCII, BASIC, MODERN, Glyphs
from tests.tui.app_world import app_of, run, shown
from tests.tui.reports import REPORTS, with_faults
from tests.tui.world import FakeSession, finished, in_the_middle

FOLDER = Path(__file__).parent / "goldens"
CASES = [
    *((name, name, (80, 24), MODERN) for name in REPORTS),
    ("running-80x24", "running", (80, 24), MODERN),
    ("running-100x30", "running", (100, 30), MODERN),
    ("with-faults-100x30", "with-faults", (100, 30), MODERN),
    ("with-faults-60x16", "with-faults", (60, 16), MODERN),
    ("with-faults-basic", "with-faults", (80, 24), BASIC),
    ("with-faults-ascii", "with-faults", (80, 24), ASCII),
]


@pytest.mark.parametrize(("golden", "name", "size", "glyphs"), CASES, ids=[case[0] for case in CASES])
def test_the_run_screen_looks_as_it_was_approved(
    golden: str, name: str, size: tuple[int, int], glyphs: Glyphs
) -> None:
    session = FakeSession(past=in_the_middle(with_faults())) if name == "running" else finished(name)
    drawn: list[str] = []

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.1)
        drawn.append(shown(pilot.app) + "\n")  # type: ignore[arg-type]

    run(scene, app_of(session, glyphs=glyphs), size)
    file = FOLDER / f"{golden}.txt"
    if os.environ.get("READYCHECK_GOLDENS") == "write":
        file.write_text(drawn[0], encoding="utf-8")
    assert drawn[0] == file.read_text(encoding="utf-8")
