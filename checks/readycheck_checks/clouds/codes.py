"""All that cloud_files can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.shares.codes import MAINTENANCE

_FAIL: Final = (Status.FAIL,)
_FAR: Final = (Owner.SERVICE, Owner.COMPANY)
_ANYBODYS: Final = (*_FAR, Owner.HOME, Owner.ISP, Owner.DEVICE)
_ELSEWHERE: Final = "Try another network; if it is the same there, wait, and tell IT support"
_AGAIN: Final = "Wait ten minutes and check again; if it stays, tell IT support"

CLOUD: Final = (
    Code("files.cloud_reached", "All pages of the cloud storage answer as they should", (Status.PASS,)),
    Code(
        "files.cloud_unproved",
        "Whether the cloud storage works could not be told: what came back proves nothing",
        (Status.UNKNOWN,),
    ),
    Code("files.cloud_down", "The cloud storage answers with an error of its own (5xx)", _FAIL, _FAR, _AGAIN),
    Code(
        "files.cloud_else",
        "What answers in the place of the Nextcloud is none",
        _FAIL,
        _FAR,
        "Compare the address with the instructions of your IT support",
    ),
    MAINTENANCE,
    Code(
        "files.cloud_tenant",
        "The name of the organisation at the cloud storage is not known",
        _FAIL,
        _ANYBODYS,
        "Tell IT support that the name is not known",
    ),
    Code(
        "files.cloud_name",
        "A name of the cloud storage is not known here, or others know it and this network does not",
        _FAIL,
        _ANYBODYS,
        "Connect over the hotspot of a phone, and ask the provider why the name is not found",
    ),
    Code(
        "files.cloud_certificate",
        "The cloud storage shows a certificate that does not prove who it is",
        _FAIL,
        _ANYBODYS,
        "Type no password on this network, and tell IT support what is wrong with the certificate",
    ),
    Code(
        "files.cloud_cut",
        "The conversation with the cloud storage is cut off before an answer",
        _FAIL,
        _ANYBODYS,
        "Try another network; if it works there, ask whoever runs this one to let the host through",
    ),
    Code("files.cloud_refused", "The cloud storage refuses connections", _FAIL, _ANYBODYS, _ELSEWHERE),
    Code(
        "files.cloud_hangs",
        "The cloud storage takes connections and then says nothing, or next to nothing",
        _FAIL,
        _ANYBODYS,
        _ELSEWHERE,
    ),
    Code(
        "files.cloud_silent",
        "The cloud storage does not answer, while others do",
        _FAIL,
        _ANYBODYS,
        _ELSEWHERE,
    ),
)
