"""Every test: a finding that its check does not declare is a defect; nothing is kept in the data folder of whoever runs it."""

import os
from collections.abc import Iterator

import pytest

from readycheck.run.check_thread import STRICT

os.environ.setdefault(STRICT, "1")


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Also for the programs that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield
