"""A Kerberos request for a ticket that names nobody, for centres that answer nothing less. Pure; sends nothing.

AS-REQ (RFC 4120, 5.4.1) without its optional cname: it is about no person's account, so none is looked up, counted or locked.
"""

from typing import Final

_UNTIL: Final = b"20370913024805Z"
_AES: Final = (18, 17)  # aes256-cts-hmac-sha1-96, aes128 (RFC 3962)
_VERSION: Final = 5
_AS_REQ: Final = 10
_SERVICE: Final = 2  # NT-SRV-INST


def request(realm: str, nonce: int) -> bytes:
    """For the ticket of this realm itself, with its length in front, as TCP wants it. ``nonce``: 31 bits."""
    name = _text(realm)
    service = _list(_field(0, _number(_SERVICE)), _field(1, _list(_text("krbtgt"), name)))
    body = _list(
        _field(0, _value(0x03, bytes(5))),  # no options
        _field(2, name),
        _field(3, service),
        _field(5, _value(0x18, _UNTIL)),
        _field(7, _number(nonce)),
        _field(8, _list(*map(_number, _AES))),
    )
    whole = _list(_field(1, _number(_VERSION)), _field(2, _number(_AS_REQ)), _field(4, body))
    packet = _value(0x60 + _AS_REQ, whole)
    return len(packet).to_bytes(4, "big") + packet


def _field(number: int, content: bytes) -> bytes:
    return _value(0xA0 + number, content)


def _list(*parts: bytes) -> bytes:
    return _value(0x30, b"".join(parts))


def _text(text: str) -> bytes:
    """KerberosString: what is not ASCII is no realm's."""
    return _value(0x1B, text.encode("ascii", "replace"))


def _number(number: int) -> bytes:
    """``number``: not below 0."""
    return _value(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _value(tag: int, content: bytes) -> bytes:
    """Tag, length, content (X.690, 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
