"""Every skip is told at the end, that of a whole module too."""

import pytest

from tests.run_all import Unrun


def test_skipped_tests_and_modules_are_heard_of_with_their_reasons() -> None:
    unrun = Unrun()
    why = ("file.py", 3, "Skipped: lab: needs root")
    test = pytest.TestReport("file.py::test", ("file.py", 3, "test"), {}, "skipped", why, "setup")
    module = pytest.CollectReport("other.py", "skipped", why, None)
    unrun.pytest_runtest_logreport(test)
    unrun.pytest_collectreport(module)
    unrun.pytest_collectreport(pytest.CollectReport("fine.py", "passed", None, []))
    assert unrun.reasons == {"lab: needs root": 2}
