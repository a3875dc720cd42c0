"""kamailio: the company's telephone exchange, sip.corp.test: 5060 over UDP and TCP, 5061 over TLS. It connects no calls."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import USER
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import certificates
from tests.lab.servers.base import Server, every, folder_of, tcp, udp_bound

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "kamailio"
HOST_NAME: Final = f"sip.{zone.DOMAIN}"
IPS: Final = (topology.COMPANY_VOICE_IP, topology.ip6(topology.COMPANY_VOICE_IP))
PORT: Final = 5060
TLS_PORT: Final = 5061
MODULES: Final = ("tm", "sl", "tls", "pv", "textops", "siputils", "maxfwd", "usrloc", "registrar", "auth")


def exchange(
    lab: "Lab",
    *,
    expired: bool = False,
    password: str = USER_PASSWORD,
    answers: str = "200 OK",
    certificate: certificates.Fault | None = None,
    hops: bool = True,
) -> Server:
    """OPTIONS is answered with ``answers``; REGISTER asks for the person's name and ``password`` (digest).

    ``expired``: the certificate is; ``certificate``: with this fault. ``hops``: False answers what may go no further than here
    (Max-Forwards: 0) as everything else, and not with 483.
    """
    fault: certificates.Fault | None = "expired" if expired else certificate
    chain, key = certificates.issued(lab, HOST_NAME, (HOST_NAME, zone.DOMAIN, *IPS), fault)
    folder = folder_of(NAME)
    return Server(
        name=NAME,
        host="company",
        command=(
            "kamailio",
            "-DD",
            "-E",
            "-Y",
            f"{folder}/run",
            "-f",
            f"{folder}/kamailio.cfg",
            "-m",
            "32",
            "-M",
            "4",
        ),
        ready=every(*(tcp(ip, port) for ip in IPS for port in (PORT, TLS_PORT)), udp_bound(PORT)),
        files={"kamailio.cfg": _settings(chain, key, password, answers, hops=hops)},
        folders=("run",),
    )


def _settings(chain: Path, key: Path, password: str, answers: str, *, hops: bool) -> str:
    listening = [
        f"listen={transport}:{f'[{ip}]' if ':' in ip else ip}:{TLS_PORT if transport == 'tls' else PORT}"
        for ip in IPS
        for transport in ("udp", "tcp", "tls")
    ]
    loaded = [f'loadmodule "{name}.so"' for name in MODULES]
    code, _, words = answers.partition(" ")
    return "\n".join(
        (
            "children=1",
            "tcp_children=1",
            "enable_tls=yes",
            f'alias="{zone.DOMAIN}"',
            *listening,
            *loaded,
            f'modparam("tls", "certificate", "{chain}")',
            f'modparam("tls", "private_key", "{key}")',
            'modparam("tls", "tls_method", "TLSv1.2+")',
            'modparam("usrloc", "db_mode", 0)',
            _ROUTES.format(
                limit=_LIMIT if hops else "",
                code=code,
                words=words,
                user=USER,
                password=password,
                domain=zone.DOMAIN,
            ),
        )
    )


_LIMIT: Final = 'if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }'
_ROUTES: Final = """
request_route {{
    {limit}
    force_rport();
    if (is_method("OPTIONS")) {{
        sl_send_reply("{code}", "{words}");
        exit;
    }}
    if (is_method("REGISTER")) {{
        if ($au != "{user}" || !pv_auth_check("{domain}", "{password}", "0", "0")) {{
            auth_challenge("{domain}", "0");
            exit;
        }}
        save("location");
        exit;
    }}
    sl_send_reply("405", "Method Not Allowed");
}}
"""
