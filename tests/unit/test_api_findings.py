"""How a finding is named: by a declared Code, or by the name of one."""

import pytest

from readycheck.api import Code, Owner, Status, failed, passed, skipped, unknown, warned

CUT = Code("line.cut", "Nothing comes through", (Status.FAIL,), (Owner.HOME,), "Restart the router")
NO_ADVICE = Code("line.odd", "Something odd answers", (Status.WARN,), (Owner.ISP,))


def test_a_finding_named_by_its_code_has_the_remedy_that_the_code_declares() -> None:
    assert failed(CUT, "Cut").remedy == warned(CUT, "Cut").remedy == unknown(CUT, "Cut?").remedy == CUT.remedy
    assert {said(CUT, "Cut").code for said in (failed, warned, passed, unknown, skipped)} == {CUT.name}


@pytest.mark.parametrize("own", ["Plug the cable in", ""])
def test_a_remedy_of_its_own_stands_before_that_of_the_code(own: str) -> None:
    assert failed(CUT, "Cut", remedy=own).remedy == own == unknown(CUT, "Cut?", remedy=own).remedy


@pytest.mark.parametrize("code", [NO_ADVICE, "line.odd"])
def test_what_is_wrong_and_names_no_remedy_anywhere_is_refused(code: Code | str) -> None:
    with pytest.raises(ValueError, match=r"line\.odd: say what the person does about it \(remedy\)"):
        warned(code, "Odd")
    assert unknown(code, "Odd?").remedy == ""
