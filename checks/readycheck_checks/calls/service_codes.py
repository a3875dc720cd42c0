"""All that call_service can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_ANYBODYS: Final = (Owner.SERVICE, Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY)
_ELSEWHERE: Final = (
    "Try the service over the hotspot of a phone; if it works there, ask whoever runs this network"
)

SERVICE: Final = (
    Code("calls.service_unnamed", "The profile does not name the hosts of the service", (Status.SKIP,)),
    Code("calls.service_reachable", "All hosts of the service answer", (Status.PASS,)),
    Code(
        "calls.service_partly",
        "Some hosts of the service answer, and others do not",
        (Status.WARN,),
        _ANYBODYS,
        _ELSEWHERE,
    ),
    Code(
        "calls.service_down",
        "The pages of the service answer with an internal error",
        (Status.FAIL,),
        (Owner.SERVICE,),
        "Wait and try again later; the status page of the service says how long it takes",
    ),
    Code(
        "calls.service_unreachable",
        "No host of the service answers, while others do at the same moment",
        (Status.FAIL,),
        _ANYBODYS,
        _ELSEWHERE,
    ),
    Code(
        "calls.service_certificate",
        "The hosts of the service cannot prove who they are",
        (Status.FAIL,),
        _ANYBODYS,
        "Check the date and time of this computer, and type no password on a network that shows such certificates",
    ),
    Code(
        "calls.no_control",
        "Neither the service nor any other host answered, which proves nothing about the service",
        (Status.UNKNOWN,),
        (),
        "Check again once the internet connection works",
    ),
)
