"""The whole office: opens every listener in the manner asked for and says where each one is. Knows no check and no profile."""

import secrets
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from msgspec import convert

from readycheck.office import fileshare, mail, nameserver, openvpn, sites, sntp, stun, web
from readycheck.office.certificates import Authority
from readycheck.office.faults import Manner
from readycheck.office.listeners import Answer, Conversation, Listeners, hold
from readycheck.office.pace import Pace
from readycheck.office.values import SHARE_USER, ZONE, OfficeValues


async def open_office(stack: AsyncExitStack, manner: Manner, folder: Path) -> OfficeValues:
    """Opens everything; closing ``stack`` closes it again. ``folder`` must exist and be private."""
    premises = _Premises(stack, manner, folder)
    values: dict[str, Any] = {
        "folder": str(folder),
        "ca_file": str(premises.authority.ca_file),
        "support_open": manner.support == "open",
    }
    for part in (premises.connection, premises.calls, premises.vpn, premises.files, premises.help):
        values |= await part()
    return convert(values, OfficeValues)


class _Premises:
    def __init__(self, stack: AsyncExitStack, manner: Manner, folder: Path) -> None:
        self._stack = stack
        self._manner = manner
        self._folder = folder
        self._ports = Listeners(stack)
        self.authority = Authority(folder)

    async def connection(self) -> dict[str, Any]:
        answer = nameserver.server(works=self._manner.names == "answer")
        online = sites.hotspot if self._manner.captive else sites.online_checks
        internet = self._manner.internet
        return {
            "router_port": await self._ports.tcp(hold),
            "internet_ports": [await self._tcp(internet, hold), await self._tcp(internet, hold)],
            "names_port": await self._ports.udp_and_tcp(answer, nameserver.conversation(answer)),
            "online_port": await self._ports.tcp(web.conversation(online)),
            "time_ports": [
                await self._ports.udp(sntp.server(self._manner.clock_offset_s)) for _ in range(2)
            ],  # one alone proves nothing
            "sign_in_port": await self._https("sign-in", sites.page("Sign in to the demo office")),
        }

    async def calls(self) -> dict[str, Any]:
        speed = sites.speed(Pace(self._manner.download_bps), Pace(self._manner.upload_bps))
        udp = "silent" if self._manner.udp == "blocked" else "open"
        return {
            "speed_port": await self._ports.tcp(web.conversation(speed)),
            "stun_ports": [await self._udp(udp, stun.server(relay=relay)) for relay in (False, True)],
            "meetings_port": await self._https("meetings", sites.page("Meetings of the demo office")),
        }

    async def vpn(self) -> dict[str, Any]:
        udp = "silent" if self._manner.udp == "blocked" else self._manner.vpn
        return {
            "vpn_udp_port": await self._udp(udp, openvpn.answer),
            "vpn_tcp_port": await self._tcp(self._manner.vpn, openvpn.conversation),
            "inside_port": await self._tcp(self._manner.inside, hold),
        }

    async def files(self) -> dict[str, Any]:
        password = secrets.token_urlsafe(16)
        return {"share_port": self._share(password), "share_password": password}

    async def help(self) -> dict[str, Any]:
        portal = self._manner.portal
        page = sites.page(sites.PORTAL_TEXT) if portal != "down" else sites.page("Down", status=503)
        host = f"mail.{ZONE}"
        tls = self.authority.context(host) if self._manner.starttls else None
        return {
            "mail_port": await self._ports.protocol(mail.submission(host, tls)),
            "portal_port": await self._https("portal", page, expired=portal == "expired"),
            "chat_port": await self._https("chat", sites.page(sites.CHAT_TEXT)),
        }

    def _share(self, password: str) -> int:
        state = self._manner.share
        if state == "silent":
            return self._ports.silent_tcp()
        rate_bps = self._manner.slow_share_bps if state == "slow" else self._manner.share_bps
        chain, key = self.authority.files(f"files.{ZONE}")
        share = fileshare.Share(
            folder=self._folder / "team",
            user=SHARE_USER,
            password=secrets.token_urlsafe(16) if state == "sign-in" else password,
            chain=chain,
            key=key,
            pace=Pace(rate_bps, slack_s=0.005),  # a short read must not live on what an idle link saved up
            state="denied" if state == "denied" else "open",
        )
        port, stop = fileshare.open_share(share)
        self._stack.callback(stop)
        return port

    async def _https(self, name: str, handler: web.Handler, *, expired: bool = False) -> int:
        tls = self.authority.context(f"{name}.{ZONE}", expired=expired)
        return await self._ports.tcp(web.conversation(handler), tls)

    async def _udp(self, state: str, answer: Answer) -> int:
        if state == "silent":
            return self._ports.silent_udp()
        return self._ports.refusing_udp() if state == "refused" else await self._ports.udp(answer)

    async def _tcp(self, state: str, conversation: Conversation) -> int:
        if state == "silent":
            return self._ports.silent_tcp()
        return self._ports.refusing_tcp() if state == "refused" else await self._ports.tcp(conversation)
