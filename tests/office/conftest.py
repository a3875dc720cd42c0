"""One healthy office for all tests that only look. No test goes through the proxy of this machine."""

from collections.abc import Iterator

import pytest

from readycheck.office.running import Office
from readycheck.office.values import OfficeValues


@pytest.fixture(scope="session")
def office() -> Iterator[OfficeValues]:
    with Office.start() as running:
        yield running.values


@pytest.fixture(scope="module", autouse=True)
def no_proxy() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "*")
        yield
