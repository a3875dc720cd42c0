"""A phone number as a square that the camera of a phone reads (QR code, ISO/IEC 18004), drawn in half blocks. Pure."""

import re
from typing import Final

QUIET: Final = (
    4  # light modules around it (ISO/IEC 18004, 6.3.8): without them a camera finds no edge on a dark screen
)
_EXTENSION: Final = re.compile(r"(?:ext\.?|x|,)\s*([0-9]{1,8})$", re.IGNORECASE)
_HALVES: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def tel_link(number: str) -> str:
    """The link that dials a number (RFC 3966): "+49 30 1234567 ext 12" is ``tel:+49301234567;ext=12``. Empty without digits."""
    extension = _EXTENSION.search(number.strip())
    main = number[: extension.start()] if extension else number
    digits = re.sub(r"[^0-9]", "", main)
    plus = "+" if main.strip().startswith("+") else ""
    ending = f";ext={extension[1]}" if extension else ""
    return f"tel:{plus}{digits}{ending}" if digits else ""


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
