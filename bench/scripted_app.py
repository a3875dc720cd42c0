"""The app over 32 checks that only wait and tell how far they are, twelve at a time, four times a second.

python -m bench.scripted_app
"""

import asyncio
import sys

from readycheck.api import Capability, Check, Context, NoOptions, Progress, Says, passed
from readycheck.model import Policy
from readycheck.run.assignment import Assignment
from readycheck.run.plan import plan_of
from readycheck.run.session import Session
from readycheck.testing import FakeSystem, fake_context

CHECKS = 32
STEPS = 12


async def wait(options: NoOptions, ctx: Context) -> Says:
    for step in range(STEPS):
        yield Progress(f"Step {step + 1} of {STEPS}", step / STEPS)
        await asyncio.sleep(0.25)
    yield passed("bench.waited", "Waited")


def main() -> int:
    capabilities = list(Capability)
    checks = [
        Check(id=f"wait{n}", title=f"Waiting number {n}", capability=capabilities[n % 6], run=wait)
        for n in range(CHECKS)
    ]
    assignment = Assignment(
        plan=plan_of([(check, NoOptions()) for check in checks]),
        world=lambda planned, meter: fake_context(meter=meter),
        system=FakeSystem(),
        policy=Policy(name="bench", title="Bench", version="1", hash="0" * 64),
    )
    session = Session(assignment)
    session.start()
    from readycheck.tui.app import run_app

    run_app(session)
    return 0


if __name__ == "__main__":
    sys.exit(main())
