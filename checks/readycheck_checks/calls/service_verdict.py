"""Is a call service reachable? Pure judgement over its hosts, its pages and the controls of one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from readycheck.api import (
    Confidence,
    Finding,
    NetError,
    Owner,
    TlsFailed,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.endpoints import endpoint
from readycheck_checks.blame.certificates import is_bad_certificate
from readycheck_checks.blame.remedies import later
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.calls.codes import NO_CONTROL
from readycheck_checks.calls.probes import Reached
from readycheck_checks.calls.service_codes import (
    SERVICE_CERTIFICATE,
    SERVICE_DOWN,
    SERVICE_PARTLY,
    SERVICE_REACHABLE,
    SERVICE_UNREACHABLE,
)

TRY_ELSEWHERE: Final = (
    "Try {title} over a phone hotspot. If it works there, ask whoever runs this network to let {hosts} through; "
    "if not, look at the status page of the service"
)
BROKEN_OFF: Final = "the secure connection breaks off before it has begun"
SHOW_IT: Final = (
    "Check the date and time of this computer. If they are right, show this to IT support: "
    "something on the way may be opening encrypted connections"
)


@dataclass(frozen=True, kw_only=True)
class Service:
    """Outcomes by host:port and, for pages, HTTP statuses by URL."""

    title: str
    hosts: Mapping[str, Reached | NetError]
    statuses: Mapping[str, int] = field(default_factory=dict)
    controls: Mapping[str, Reached | NetError] = field(default_factory=dict)
    looked_at: str = ""  # the host of those that did not answer which was looked into
    looked: Looked = Looked()

    @property
    def reached(self) -> list[Reached]:
        return [outcome for outcome in self.hosts.values() if isinstance(outcome, Reached)]

    @property
    def troubles(self) -> dict[str, NetError]:
        return {target: outcome for target, outcome in self.hosts.items() if isinstance(outcome, NetError)}

    @property
    def control_answered(self) -> bool:
        return any(isinstance(outcome, Reached) for outcome in self.controls.values())

    @property
    def down(self) -> bool:
        """Every page that answered says that the server itself is in trouble (RFC 9110, 15.6); a proxy may say so too."""
        direct = not any(outcome.proxy for outcome in self.reached)
        return direct and bool(self.statuses) and all(status >= 500 for status in self.statuses.values())

    def __str__(self) -> str:
        told = [_told(trouble) for trouble in self.troubles.values()]
        told += [f"{url}: HTTP {status}" for url, status in self.statuses.items()]
        answered = [target for target, outcome in self.controls.items() if isinstance(outcome, Reached)]
        told += [f"controls that answered: {', '.join(answered) or 'none'}", self.looked.ends]
        return "; ".join(filter(None, told))


def _told(trouble: NetError) -> str:
    """A handshake that breaks off shows no certificate, so nothing was proved of it."""
    if not _breaks_off(trouble):
        return str(trouble)
    return f"{trouble.where.host}: {BROKEN_OFF}" + (f" ({trouble.detail})" if trouble.detail else "")


def _breaks_off(trouble: NetError) -> bool:
    return isinstance(trouble, TlsFailed) and not is_bad_certificate(trouble)


def judge_service(service: Service) -> Finding:
    """One finding for the whole service."""
    if service.reached:
        return _reached(service)
    if service.troubles and all(map(is_bad_certificate, service.troubles.values())):
        return _untrusted(service)
    if service.control_answered:
        return _unreachable(service)
    return unknown(
        NO_CONTROL,
        f"Whether {service.title} can be reached is not known: nothing else answered at the same moment either",
        detail=str(service),
    )


def _reached(service: Service) -> Finding:
    if service.down:
        return failed(
            SERVICE_DOWN,
            f"{service.title} has trouble of its own: its servers answer with an internal error",
            remedy=later(service.title),
            owner=Owner.SERVICE,
            confidence=Confidence.MEDIUM,  # a box that opens secure connections seldom answers so
            detail=str(service),
        )
    if not service.troubles:
        way = " through the proxy" if service.reached[0].proxy else ""
        asked = len(service.hosts)
        hosts = "one host" if asked == 1 else f"all {asked} hosts"
        return passed(SERVICE_REACHABLE, f"{service.title} can be reached{way} ({hosts} asked)")
    first = service.looked_at or next(iter(service.troubles))
    return warned(
        SERVICE_PARTLY,
        f"{service.title} can be reached in part: {len(service.reached)} of {len(service.hosts)} hosts, not {first}",
        remedy=_remedy(service, service.troubles),
        blame=service.looked.blame,
        confidence=Confidence.LOW,
        detail=str(service),
    )


def _remedy(service: Service, hosts: Iterable[str]) -> str:
    """By what is at fault: a certificate or a name has its own; else another network tells."""
    looked, named = service.looked, endpoint(service.looked_at).host if service.looked_at else ""
    if looked.certificate is not None and looked.blame.owner is not Owner.SERVICE:
        return looked.certificate.remedy(named)
    if looked.certificate is not None:
        return later(service.title)
    if looked.name is not None and looked.name.hidden:
        return looked.name.remedy
    return TRY_ELSEWHERE.format(title=service.title, hosts=", ".join(hosts))


def _untrusted(service: Service) -> Finding:
    shown = service.looked.certificate
    why = f": {shown.told(endpoint(service.looked_at).host)}" if shown is not None else ""
    return failed(
        SERVICE_CERTIFICATE,
        f"{service.title} cannot be used safely: its hosts could not prove who they are{why}",
        remedy=_remedy(service, service.hosts) if shown is not None else SHOW_IT,
        blame=service.looked.blame,
        detail=str(service),
    )


def _unreachable(service: Service) -> Finding:
    return failed(
        SERVICE_UNREACHABLE,
        f"{service.title} cannot be reached from here, while other hosts answer{_why(service)}",
        remedy=_remedy(service, service.hosts),
        blame=service.looked.blame,
        detail=str(service),
    )


def _why(service: Service) -> str:
    if service.looked.name is not None:
        return f": {service.looked.name.says}"
    return f": {BROKEN_OFF}" if any(map(_breaks_off, service.troubles.values())) else ""
