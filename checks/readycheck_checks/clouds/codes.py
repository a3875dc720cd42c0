"""All that cloud_files can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.answering import HANGS
from readycheck_checks.blame.remedies import HIDDEN_NAME, OTHER_NETWORK, WAIT
from readycheck_checks.shares.codes import MAINTENANCE

_FAIL: Final = (Status.FAIL,)
_FAR: Final = (Owner.SERVICE, Owner.COMPANY)
_ANYBODYS: Final = (*_FAR, Owner.HOME, Owner.ISP, Owner.DEVICE)

DOWN: Final = Code(
    "files.cloud_down", "The cloud storage answers with an error of its own (5xx)", _FAIL, _FAR, WAIT
)
ELSE: Final = Code(
    "files.cloud_else",
    "What answers in the place of the Nextcloud is none",
    _FAIL,
    _FAR,
    "Compare the address with the instructions of your IT support",
)
CLOUD_REACHED: Final = Code(
    "files.cloud_reached", "All pages of the cloud storage answer as they should", (Status.PASS,)
)
CLOUD_UNPROVED: Final = Code(
    "files.cloud_unproved",
    "Whether the cloud storage works could not be told: what came back proves nothing",
    (Status.UNKNOWN,),
)
CLOUD_TENANT: Final = Code(
    "files.cloud_tenant",
    "The name of the organisation at the cloud storage is not known",
    _FAIL,
    _ANYBODYS,
    "Tell IT support that the name is not known",
)
CLOUD_NAME: Final = Code(
    "files.cloud_name",
    "A name of the cloud storage is not known here, or others know it and this network does not",
    _FAIL,
    _ANYBODYS,
    HIDDEN_NAME,
)
CLOUD_CERTIFICATE: Final = Code(
    "files.cloud_certificate",
    "The cloud storage shows a certificate that does not prove who it is",
    _FAIL,
    _ANYBODYS,
    "Type no password on this network, and tell IT support what is wrong with the certificate",
)
CLOUD_CUT: Final = Code(
    "files.cloud_cut",
    "The conversation with the cloud storage is cut off before an answer",
    _FAIL,
    _ANYBODYS,
    "Try another network; if it works there, ask whoever runs this one to let the host through",
)
CLOUD_REFUSED: Final = Code(
    "files.cloud_refused", "The cloud storage refuses connections", _FAIL, _ANYBODYS, OTHER_NETWORK
)
CLOUD_HANGS: Final = Code(
    "files.cloud_hangs",
    f"The cloud storage {HANGS}",
    _FAIL,
    _ANYBODYS,
    OTHER_NETWORK,
)
CLOUD_SILENT: Final = Code(
    "files.cloud_silent",
    "The cloud storage does not answer, while others do",
    _FAIL,
    _ANYBODYS,
    OTHER_NETWORK,
)
CLOUD: Final = (
    CLOUD_REACHED,
    CLOUD_UNPROVED,
    DOWN,
    ELSE,
    MAINTENANCE,
    CLOUD_TENANT,
    CLOUD_NAME,
    CLOUD_CERTIFICATE,
    CLOUD_CUT,
    CLOUD_REFUSED,
    CLOUD_HANGS,
    CLOUD_SILENT,
)
