"""All that call_service can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.remedies import later
from readycheck_checks.calls.codes import NO_CONTROL

_ANYBODYS: Final = (Owner.SERVICE, Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY)
_ELSEWHERE: Final = "Try the service over a phone hotspot; if it works there, ask whoever runs this network"

SERVICE_UNNAMED: Final = Code(
    "calls.service_unnamed", "The profile does not name the hosts of the service", (Status.SKIP,)
)
SERVICE_REACHABLE: Final = Code("calls.service_reachable", "All hosts of the service answer", (Status.PASS,))
SERVICE_PARTLY: Final = Code(
    "calls.service_partly",
    "Some hosts of the service answer, and others do not",
    (Status.WARN,),
    _ANYBODYS,
    _ELSEWHERE,
)
SERVICE_DOWN: Final = Code(
    "calls.service_down",
    "The pages of the service answer with an internal error",
    (Status.FAIL,),
    (Owner.SERVICE,),
    later("the service"),
)
SERVICE_UNREACHABLE: Final = Code(
    "calls.service_unreachable",
    "No host of the service can be talked to, while others answer at the same moment",
    (Status.FAIL,),
    _ANYBODYS,
    _ELSEWHERE,
)
SERVICE_CERTIFICATE: Final = Code(
    "calls.service_certificate",
    "The hosts of the service cannot prove who they are",
    (Status.FAIL,),
    _ANYBODYS,
    "Check the date and time of this computer, and type no password on a network that shows such certificates",
)
SERVICE: Final = (
    SERVICE_UNNAMED,
    SERVICE_REACHABLE,
    SERVICE_PARTLY,
    SERVICE_DOWN,
    SERVICE_UNREACHABLE,
    SERVICE_CERTIFICATE,
    NO_CONTROL,
)
