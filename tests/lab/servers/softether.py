"""SoftEther VPN: a gateway of SSTP on a port of its own, and of L2TP inside IPsec (UDP 500 and 4500) where that is asked for.

Its SSTP, as Debian 12 has it, takes the request for a channel in and grants none, whoever asks; switched off, it says so at once.
It runs only where a situation asks for it ({serve = "softether.gateway"}). People are not let in: it has no accounts, for the
checks ask before anybody signs in.
"""

import base64
import ssl
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import serialization

from tests.lab import topology
from tests.lab.servers import gateways
from tests.lab.servers.base import Server, every, tcp, udp_bound
from tests.lab.servers.gateways import Certificate

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "softether"
PORT: Final = 9443
# What it reads and writes lies where the package put it: each server sees places of its own there.
_OWN_PLACES: Final = """
mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/softether && mount --bind settings /var/lib/softether
mount -t tmpfs tmpfs /var/log && mkdir /var/log/softether
mkdir -p /run/softether && mount -t tmpfs tmpfs /run/softether
"""


def gateway(
    lab: "Lab", *, certificate: Certificate = "good", sstp: bool = True, l2tp: bool = False
) -> Server:
    """``sstp``: False where the company has switched that off. ``l2tp``: beside it, which needs the ports of IPsec free."""
    chain, key = gateways.certificate(lab, certificate, rsa=True)
    first = ssl.PEM_cert_to_DER_cert(chain.read_text(encoding="ascii"))
    private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    secret = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    settings = _SETTINGS.format(
        port=PORT,
        certificate=base64.b64encode(first).decode(),
        key=base64.b64encode(secret).decode(),
        sstp=str(sstp).lower(),
        l2tp=str(l2tp).lower(),
    )
    ipsec = (udp_bound(500), udp_bound(4500)) if l2tp else ()
    return Server(
        name=NAME,
        host="company",
        command=("vpnserver", "execsvc"),
        files={"settings/vpn_server.config": settings},
        before=_OWN_PLACES,
        ready=every(tcp(topology.COMPANY_IP, PORT), *ipsec),
    )


# It asks nobody outside: neither for a name of its own, nor whether there is a newer one, nor to keep a line open.
_SETTINGS: Final = """declare root
{{
	declare DDnsClient
	{{
		bool Disabled true
	}}
	declare IPsec
	{{
		bool L2TP_IPsec {l2tp}
		string IPsec_Secret everybody
	}}
	declare ListenerList
	{{
		declare Listener0
		{{
			bool Enabled true
			uint Port {port}
		}}
	}}
	declare ServerConfiguration
	{{
		bool DisableNatTraversal true
		bool DisableIPv6Listener false
		bool EnableVpnAzure false
		bool NoHighPriorityProcess true
		bool UseKeepConnect false
		string ListenIP 0.0.0.0
		string PortsUDP $
		byte ServerCert {certificate}
		byte ServerKey {key}

		declare Proto
		{{
			declare OpenVPN
			{{
				bool Enabled false
			}}
			declare SSTP
			{{
				bool Enabled {sstp}
			}}
		}}
	}}
}}
"""
