"""What a profile may say of one VPN gateway. A mistake in it is one sentence."""

from typing import Annotated

from msgspec import Meta

from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.asking.endpoints import require_endpoints
from readycheck_checks.blame.options import BesideOptions
from readycheck_checks.vpn.kinds import Kind, Wrapping, transport, usual
from readycheck_checks.vpn.private_file import is_path
from readycheck_checks.vpn.wireguard_file import key_of

FilePath = Annotated[str, Meta(max_length=1_000)]


class GatewayOptions(BesideOptions, frozen=True, kw_only=True):
    """One VPN gateway, as the profile names it."""

    host: Annotated[str, Meta(min_length=1, description="Name or address of the gateway")]
    title: Annotated[str, Meta(description="What people call this VPN")] = ""
    kind: Annotated[
        Kind, Meta(description="What the gateway is; tls: a verified handshake is all that is asked")
    ] = "openvpn"
    transports: Annotated[
        tuple[str, ...],
        Meta(description='What to try: "udp:1194", "tcp:443"; empty: what is usual for the kind'),
    ] = ()
    wrapping: Annotated[
        Wrapping,
        Meta(description="Key wrapping of an OpenVPN gateway: without the key, silence says nothing"),
    ] = "none"
    ovpn_file: Annotated[
        FilePath,
        Meta(description="This person's .ovpn file, for the key of the first packets (~ is the home folder)"),
    ] = ""
    wireguard_file: Annotated[
        FilePath,
        Meta(
            description="This person's WireGuard settings: the gateway is asked with the key in it, and can pass, only where "
            "`tcp_controls` has a host by its name with TLS, which tells the time"
        ),
    ] = ""
    private_key_secret: Annotated[
        str, Meta(description="Secret that holds this person's WireGuard key, in place of the file")
    ] = ""
    public_key: Annotated[str, Meta(description="The WireGuard gateway's own public key")] = ""
    no_ssl_vpn_from: Annotated[
        str, Meta(description="FortiOS version from which there is no SSL-VPN (Fortinet, as of 2026-11)")
    ] = "7.6.3"
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(description="STUN servers (host:port) asked at the same moment")
    ] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        require_endpoints(self.udp_controls)
        for protocol, _ in map(transport, self.transports):
            if protocol not in {each for each, _ in map(transport, usual(self.kind))} | self._also():
                raise ValueError(f"a gateway of kind {self.kind} is not asked over {protocol.upper()}")
        for file in filter(None, (self.ovpn_file, self.wireguard_file)):
            if not is_path(file):
                raise ValueError(f'"{file}" is no whole path: begin it with / or ~/')
        if self.public_key:
            key_of(self.public_key)
        if bool(self.private_key_secret) and not self.public_key:
            raise ValueError("private_key_secret needs public_key beside it")

    def _also(self) -> set[str]:
        return {"tcp"} if self.kind == "openvpn" else set()
