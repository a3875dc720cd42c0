"""A phone number as a square that the camera of a phone reads (QR code, ISO/IEC 18004), drawn in half blocks. Pure."""

import re
from typing import Final

QUIET: Final = (
    4  # light modules around it (ISO/IEC 18004, 6.3.8): without them a camera finds no edge on a dark screen
)
_ONE_NUMBER: Final = re.compile(
    r"[+0-9()./\s\u2010-\u2015-]+(?:(?:ext\.?|extension|x|#|,)\s*[0-9]{1,8})?", re.IGNORECASE
)  # words beside it would be read as the letters on the keys of a phone
_TWO_ENDINGS: Final = re.compile(r"/\s*[0-9]{1,4}\s*$")  # "1234567 / 89" is two numbers
_HALVES: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def tel_link(number: str, country: str) -> str:
    """The link that dials a number (RFC 3966): "+44 (0)20 7946 0958" is ``tel:+442079460958``. ``country``: where a number
    without prefix is dialled (ISO 3166). Empty for what is not one valid number: a wrong one would be dialled."""
    import phonenumbers

    if not _ONE_NUMBER.fullmatch(number.strip()) or _TWO_ENDINGS.search(number):
        return ""
    try:
        parsed = phonenumbers.parse(number, country.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    link = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.RFC3966)
    return link.replace("-", "")  # they mean nothing there (5.1.1), and make the square larger


def square(text: str) -> tuple[str, ...]:
    """Lines of half blocks, dark on light, all equally wide; empty for what fits into no code of a reasonable size."""
    import segno

    if not text or len(text) > 100:
        return ()
    code = segno.make(text, error="l", micro=False, boost_error=True)
    rows = [list(row) for row in code.matrix_iter(border=QUIET)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    return tuple(
        "".join(_HALVES[int(top), int(low)] for top, low in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
