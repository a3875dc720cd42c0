"""The lab for its tests. They run inside a private world: python -m tests.lab test (make lab)."""

from collections.abc import Iterator

import pytest

from tests.lab import sandbox


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Outside a sandbox, tests that ask for the lab cannot run; run_all.py runs them in one."""
    if sandbox.is_inside():
        return
    skip = pytest.mark.skip(reason="lab: runs with `python -m tests.lab test` (make lab)")
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def lab() -> Iterator["object"]:
    """The bare network with the name servers of router, provider and public operators."""
    from tests.lab.lab import Lab
    from tests.lab.servers import dnsmasq

    opened = Lab()
    opened.start([dnsmasq.router(), dnsmasq.isp(), dnsmasq.operators()])
    yield opened
    for name in list(opened.running):
        opened.stop(name)
