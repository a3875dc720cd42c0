"""What the check of secure connections can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.names.codes import FORGED

HOST: Final = Code(
    "connection.tls_host",
    "Some of the hosts asked cannot prove who they are",
    (Status.WARN,),
    (Owner.SERVICE, Owner.DEVICE),
    "Type no password there for now; check again later, and show this to IT support if the problem stays",
)
DATES: Final = Code(
    "connection.tls_dates",
    "The certificates of all hosts look out of date, as with a wrong clock",
    (Status.FAIL,),
    (Owner.DEVICE,),
    "Compare the date and time of this computer to your phone, and switch on automatic date and time",
)
UNTRUSTED: Final = Code(
    "connection.tls_untrusted",
    "This computer trusts the certificates of none of the hosts, each of another issuer",
    (Status.FAIL,),
    (),
    "Install the pending system updates and restart; show this result to IT support if the problem stays",
)
BROKEN_OFF: Final = Code(
    "connection.tls_broken_off",
    "Secure connections to some of the hosts are broken off twice, while another comes about: no certificate is at fault",
    (Status.WARN,),
    (Owner.HOME, Owner.ISP, Owner.SERVICE),
    "Check again later; if the problem stays, try another network or a phone hotspot, and show this result to IT support",
)
BROKEN: Final = Code(
    "connection.tls_broken",
    "No secure connection comes about with any host",
    (Status.FAIL,),
    (),
    "Type no password on this network. Try another network or a phone hotspot, and show this result to IT support",
)
NOT_MEASURED: Final = Code(
    "connection.tls_not_measured",
    "No host let a secure connection begin, so certificates could not be checked",
    (Status.UNKNOWN,),
)
TLS: Final = Code("connection.tls", "The certificates of the hosts asked check out", (Status.PASS,))
TLS_LED_ELSEWHERE: Final = Code(
    "connection.tls_led_elsewhere",
    "A host shows the certificate of another name, and its name leads elsewhere here than by other name servers",
    (Status.WARN,),
    (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY, Owner.SERVICE),
    FORGED.remedy,
)
TLS_INTERCEPTED: Final = Code(
    "connection.tls_intercepted",
    "All hosts show a certificate of the same issuer, whom this computer does not trust",
    (Status.FAIL,),
    (Owner.COMPANY, Owner.HOME, Owner.DEVICE),
    "Type no password on this network, and ask IT support whether this issuer belongs to the company",
)
TLS_INSPECTED: Final = Code(
    "connection.tls_inspected",
    "Certificates check out by an authority that somebody installed on this computer: a company's box or a program opens "
    "secure connections on the way, or the hosts asked are the company's own",
    (Status.PASS,),
)
TLS_BY_PROXY: Final = Code(
    "connection.tls_by_proxy",
    "Secure connections go through a proxy, and direct ones are closed",
    (Status.SKIP,),
)
BIG_PACKETS_LOST: Final = Code(
    "connection.big_packets_lost",
    "Small packets come through, and large ones are lost on the way (a path MTU black hole)",
    (Status.FAIL,),
    (Owner.HOME, Owner.ISP, Owner.COMPANY),
    "Restart the router, or disconnect the VPN where one is on, and tell whoever runs it that large packets are lost",
)
CODES: Final = (
    TLS,
    TLS_INSPECTED,
    TLS_BY_PROXY,
    HOST,
    BROKEN_OFF,
    TLS_LED_ELSEWHERE,
    DATES,
    TLS_INTERCEPTED,
    UNTRUSTED,
    BROKEN,
    BIG_PACKETS_LOST,
    NOT_MEASURED,
)
