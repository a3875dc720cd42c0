"""Cutting and wrapping by cells: for any text, never wider than asked, and nothing lost where nothing may be."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from readycheck.tui.cells import Paragraph, cut, fit, fit_line, fold, lay_out, two_sides, wrap

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=120) | st.text(
    alphabet="ab 会議ｗ\u0301é\x1b\u202e", max_size=120
)
WIDTHS = st.integers(min_value=2, max_value=90)


@settings(deadline=None)
@given(TEXTS, WIDTHS)
def test_fit_gives_exactly_the_cells_asked_for(text: str, width: int) -> None:
    fitted = fit(text, width)
    assert cell_len(fitted) == width and "\x1b" not in fitted and "\u202e" not in fitted


@settings(deadline=None)
@given(TEXTS, WIDTHS)
def test_wrapped_lines_are_never_wider_and_keep_every_word(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    again = "".join(wrap(text, 10_000)).replace(" ", "")
    assert "".join(lines).replace(" ", "") == again


@settings(deadline=None)
@given(TEXTS, WIDTHS)
def test_folding_keeps_every_character(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join(lines) == text.replace("\n", "")
    assert all(cell_len(line) <= width or len(line) == 1 for line in lines)


def test_folding_breaks_behind_a_space_where_there_is_one() -> None:
    assert fold("your picture may freeze", 20) == ["your picture may ", "freeze"]


def test_a_cut_text_ends_in_dots_and_a_wide_character_is_not_halved() -> None:
    assert fit("connected by cable", 10) == "connected…"
    assert fit("会議室無線", 6) == "会議… "
    assert cut("会議", 3) == "会" and cut("会議", 1) == "会"


def test_later_lines_of_a_paragraph_stand_under_its_text_and_not_under_its_lead() -> None:
    lines = lay_out([Paragraph(text="Open the program again.", lead="1. ", lead_role="key")], 15)
    assert ["".join(text for text, _ in line) for line in lines] == [
        "1. Open the",
        "   program",
        "   again.",
    ]


def test_the_left_side_gives_way_to_the_right() -> None:
    line = two_sides((("a long title of a profile", ""),), (("09:14", ""),), 16)
    assert "".join(text for text, _ in line) == "a long tit…09:14"
    assert fit_line((("ab", "x"), ("cd", "y")), 3) == (("ab", "x"), ("…", "y"), ("", ""))
