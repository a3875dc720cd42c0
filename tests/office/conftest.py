"""One healthy office for all tests that only look, and a way to open others."""

from collections.abc import Iterator

import pytest

from readycheck.office.running import Office
from readycheck.office.values import OfficeValues


@pytest.fixture(scope="session")
def office() -> Iterator[OfficeValues]:
    with Office.start() as running:
        yield running.values
