"""What a gateway is asked with: its transports, and the key of this person's own settings, where the profile names them. Asks it
over each transport; judges nothing.

Keys stay in memory: no fact, no finding and no error of this module repeats anything of the files that they stand in.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from readycheck.api import Context, Finding, NetError, Status, TlsFailed, skipped
from readycheck_checks.asking.replies import Reply, reply_of
from readycheck_checks.vpn import (
    openvpn,
    openvpn_keys,
    ovpn_file,
    wireguard_file,
    wireguard_time,
    wireguard_use,
)
from readycheck_checks.vpn.case import ONLY_ITS_PROGRAM, Case
from readycheck_checks.vpn.gateway_codes import GATEWAY_IN_USE
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn.kinds import ALL_NEEDED, QUIET, WORDS, Kind, transport, usual
from readycheck_checks.vpn.ovpn_file import OvpnFile
from readycheck_checks.vpn.private_file import Unreadable, read_text
from readycheck_checks.vpn.probe import Probe, Target
from readycheck_checks.vpn.probes import ike, sstp, web
from readycheck_checks.vpn.probes import openvpn as openvpn_probe
from readycheck_checks.vpn.probes import wireguard as wireguard_probe
from readycheck_checks.vpn.wireguard import Keys


@dataclass(frozen=True, kw_only=True)
class Asking:
    """``wrapping`` None: an OpenVPN gateway whose key is not known here. ``keys`` None: none to ask a WireGuard gateway with.

    ``early_s``: by how much a question with them is dated back. ``settled``: the finding that needs no question. ``tunnel``: the
    WireGuard tunnel that is up, so that its key is not used.
    """

    host: str
    kind: Kind
    targets: tuple[Target, ...]
    case: Case
    wrapping: openvpn.Wrapping | None = field(default=None, repr=False)
    keys: Keys | None = field(default=None, repr=False)
    early_s: float = 0.0
    settled: Finding | None = None
    tunnel: str = ""

    def in_use(self, finding: Finding) -> Finding:
        """The same, unless silence was all and a tunnel is up: then the gateway was not asked in earnest."""
        if not self.tunnel or finding.status is not Status.UNKNOWN:
            return finding
        return skipped(
            GATEWAY_IN_USE,
            f"The WireGuard gateway {self.host} was not asked with your key: {self.tunnel}, and would lose its traffic",
        )


async def prepared(options: GatewayOptions, ctx: Context, wait_s: float) -> Asking:
    """Everything that is known before the first packet."""
    case = Case(
        kind=WORDS[options.kind],
        all_needed=options.kind in ALL_NEEDED,
        quiet=QUIET.get(options.kind, ""),
        remedy=_fortinet_remedy(options),
    )
    asking = Asking(
        host=options.host,
        kind=options.kind,
        targets=_targets(options, options.transports or usual(options.kind), wait_s),
        case=case,
    )
    match options.kind:
        case "openvpn":
            return await _openvpn(options, asking, ctx)
        case "wireguard":
            return await _wireguard(options, asking, ctx)
    return asking


def _targets(options: GatewayOptions, transports: Sequence[str], wait_s: float) -> tuple[Target, ...]:
    pairs = map(transport, transports)
    return tuple(
        Target(host=options.host, protocol=protocol, port=port, wait_s=wait_s) for protocol, port in pairs
    )


def _fortinet_remedy(options: GatewayOptions) -> str:
    if options.kind != "fortinet":
        return ""
    return f"FortiOS {options.no_ssl_vpn_from} and later have no SSL-VPN: the VPN then needs IPsec."


async def _openvpn(options: GatewayOptions, asking: Asking, ctx: Context) -> Asking:
    if not options.ovpn_file:
        if options.wrapping == "none":
            return replace(asking, wrapping=openvpn.Bare())
        return replace(asking, case=replace(asking.case, quiet=ONLY_ITS_PROGRAM))
    try:
        file = await _ovpn(Path(options.ovpn_file).expanduser())
        wrapping = _wrapping(file, int(ctx.clock.now().timestamp()))
    except (Unreadable, ValueError, RuntimeError) as trouble:
        quiet = f"it may want a key, and this person's settings file (ovpn_file) is of no use: {trouble}"
        return replace(asking, case=replace(asking.case, quiet=quiet))
    own = [
        f"{each.protocol}:{each.port}" for each in file.remotes if each.host.lower() == options.host.lower()
    ]
    wait_s = asking.targets[0].wait_s
    targets = _targets(options, own, wait_s) if own and not options.transports else asking.targets
    case = replace(asking.case, keyed=file.wrapping != "none")
    return replace(asking, wrapping=wrapping, targets=targets, case=case)


async def _ovpn(path: Path) -> OvpnFile:
    """The file, with the key that it refers to, which is looked for beside it. Raises Unreadable, ValueError."""
    file = ovpn_file.parse(await read_text(path))
    if not file.key_file:
        return file
    try:
        return ovpn_file.with_key(file, await read_text(path.parent / Path(file.key_file).expanduser()))
    except Unreadable as trouble:
        raise Unreadable(f"the key file that it names: {trouble}") from None


def _wrapping(file: OvpnFile, seconds: int) -> openvpn.Wrapping:
    """Raises ValueError."""
    match file.wrapping:
        case "none":
            return openvpn.Bare()
        case "tls-auth":
            key = ovpn_file.static_key(file.key)
            return openvpn_keys.TlsAuth(key, file.direction, file.digest, seconds)
        case "tls-crypt":
            return openvpn_keys.TlsCrypt(ovpn_file.static_key(file.key), seconds)
    own, wrapped = ovpn_file.client_key(file.key)
    return openvpn_keys.TlsCrypt(own, seconds, wrapped)


async def _wireguard(options: GatewayOptions, asking: Asking, ctx: Context) -> Asking:
    """The key is used only where no tunnel can be using it, for the gateway would send the tunnel's traffic to the probe; and
    only by a time that comes before the next one of the person's own program."""
    try:
        keys, addresses = await _keys(options, ctx)
    except (Unreadable, ValueError, RuntimeError) as trouble:
        quiet = f"it answers only whom it knows, and this person's key for it is of no use: {trouble}"
        return replace(asking, case=replace(asking.case, quiet=quiet))
    if keys is None:
        return asking
    use = await wireguard_use.of(ctx, addresses, keys.gateway, Path(options.wireguard_file).stem)
    if use.finding is not None:
        return replace(asking, settled=use.finding(options.host))
    if use.tunnel:
        return replace(asking, tunnel=use.tunnel, case=replace(asking.case, quiet=use.tunnel))
    dating = await wireguard_time.dating(ctx, options.tcp_controls)
    if dating is None:
        return replace(asking, case=replace(asking.case, quiet=wireguard_time.UNTIMED))
    case = replace(asking.case, quiet=dating.doubt, keyed=True)
    return replace(asking, keys=keys, early_s=dating.early_s, case=case)


async def _keys(options: GatewayOptions, ctx: Context) -> tuple[Keys | None, tuple[str, ...]]:
    """The key, and the addresses that the tunnel has. Raises Unreadable, ValueError."""
    if options.wireguard_file:
        file = wireguard_file.parse(await read_text(Path(options.wireguard_file).expanduser()))
        keys = file.keys_for(options.host)
        if keys is None:
            raise ValueError("its file names other gateways")
        return keys, file.addresses
    secret = ctx.secrets.get(options.private_key_secret) if options.private_key_secret else None
    if secret is None:
        return None, ()
    private = wireguard_file.key_of(secret.strip())
    return Keys(private=private, gateway=wireguard_file.key_of(options.public_key)), ()


def knock(asking: Asking, port: int) -> bytes:
    """The datagram whose way is followed: what a client would send first, and never this person's WireGuard key."""
    match asking.kind:
        case "ikev2" | "l2tp":
            return ike.first_packet(asking.kind, port)
        case "wireguard":
            return wireguard_probe.first_packet()
    return openvpn_probe.first_packet(asking.wrapping)


async def probe_all(asking: Asking, ctx: Context) -> list[Probe]:
    return await asyncio.gather(*(_probe(asking, target, ctx) for target in asking.targets))


async def _probe(asking: Asking, target: Target, ctx: Context) -> Probe:
    protocol, port = target.protocol, target.port
    try:
        return await _ask(asking, target, ctx)
    except TlsFailed as trouble:
        reply = Reply.GARBLED if trouble.reason == "handshake" else Reply.BAD_CERTIFICATE
        detail = f"{trouble.detail} {trouble.issuer and f'(issuer: {trouble.issuer})'}".strip()
        return Probe(
            protocol=protocol,
            port=port,
            reply=reply,
            tls=trouble.reason,
            issuer=trouble.issuer,
            detail=detail,
        )
    except NetError as trouble:
        return Probe(protocol=protocol, port=port, reply=reply_of(trouble), detail=trouble.detail)


async def _ask(asking: Asking, target: Target, ctx: Context) -> Probe:
    match asking.kind:
        case "ikev2":
            return await ike.ask_version_2(target, ctx)
        case "l2tp":
            return await ike.ask_version_1(target, ctx)
        case "wireguard":
            return await wireguard_probe.ask(target, ctx, asking.keys, asking.early_s)
        case "anyconnect":
            return await web.anyconnect(target, ctx)
        case "globalprotect":
            return await web.globalprotect(target, ctx)
        case "fortinet":
            return await web.fortinet(target, ctx)
        case "sstp":
            return await sstp.ask(target, ctx)
        case "tls":
            return await web.tls(target, ctx)
    return await openvpn_probe.ask(target, ctx, asking.wrapping)
