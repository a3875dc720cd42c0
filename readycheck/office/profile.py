"""What the demo profile cannot know before the office is open: a layer for the profile loader, and the office's secrets."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from readycheck.office.values import LOOPBACK, SUCCESS_PAGE, ZONE, OfficeValues

SHARE_SECRET: Final = "demo-share"  # the name under which the profile asks for the password
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def office_secrets(values: OfficeValues) -> dict[str, str]:
    """The secrets that the demo profile names; they pass by memory only."""
    return {SHARE_SECRET: values.share_password}


def office_overlay(values: OfficeValues) -> dict[str, object]:
    """Nested tables as TOML would give them, to lie over demo.toml: where everything listens, whom to trust, whom to ask."""
    return {
        "run": {"resolver": f"{LOOPBACK}:{values.names_port}", "ca_file": values.ca_file},
        "support": {"routes": _routes(values)},
        "checks": _connection(values) | _calls(values) | _vpn(values) | _files(values) | _help(values),
    }


def _at(name: str, port: int) -> str:
    return f"{name}.{ZONE}:{port}"


def _routes(values: OfficeValues) -> list[dict[str, Any]]:
    """A closed office is closed on every route that somebody answers; a letter box stays one."""
    hours = "24/7" if values.support_open else closed_now(datetime.now(UTC).date())
    return [
        # Ofcom keeps these numbers free for drama.
        {"kind": "phone", "title": "Support line", "value": "+44 20 7946 0958", "hours": hours},
        {
            "kind": "portal",
            "title": "Support portal",
            "value": f"https://{_at('portal', values.portal_port)}/",
        },
        {"kind": "email", "title": "Support mailbox", "value": f"help@{ZONE}"},
        {
            "kind": "chat",
            "title": "Support chat",
            "value": f"https://{_at('chat', values.chat_port)}/",
            "hours": hours,
        },
    ]


def closed_now(today: date) -> str:
    """Opening hours (OpenStreetMap syntax) that are closed all around ``today``, in any zone, and open again after that."""
    first, last = today - timedelta(days=1), today + timedelta(days=1)
    return f"24/7; {_day(first)}-{_day(last)} off"


def _day(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"


def _connection(values: OfficeValues) -> dict[str, Any]:
    return {
        "gateway": {"ports": [values.router_port]},
        "internet": {"targets": [f"{LOOPBACK}:{port}" for port in values.internet_ports]},
        "captive_portal": {
            "pages": [
                {"url": f"http://{_at('online-check', values.online_port)}/generate_204", "status": 204},
                {
                    "url": f"http://{_at('hotspot-check', values.online_port)}/hotspot-detect.html",
                    "body": SUCCESS_PAGE,
                },
            ]
        },
        "clock": {"servers": [_at("time", port) for port in values.time_ports]},
        "tls": {"hosts": [_at("sign-in", values.sign_in_port), _at("meetings", values.meetings_port)]},
    }


def _calls(values: OfficeValues) -> dict[str, Any]:
    meetings = _at("meetings", values.meetings_port)
    beside = [_at("sign-in", values.sign_in_port)]
    return {
        "bandwidth": {
            "use": ["office"],
            "servers": {
                "office": {
                    "kind": "librespeed",
                    "title": "the speed server of the demo office",
                    "url": f"http://{_at('speed', values.speed_port)}/",
                }
            },
        },
        "call_path": {"udp_controls": _stun(values), "tcp_controls": beside, "fallback": [meetings]},
        "call_service": {
            "office-meetings": {
                "hosts": [meetings],
                "urls": [f"https://{meetings}/"],
                "media": [{"at": server, "answers": "yes"} for server in _stun(values)],
                "tcp_controls": beside,
            }
        },
    }


def _vpn(values: OfficeValues) -> dict[str, Any]:
    beside = [_at("sign-in", values.sign_in_port)]
    return {
        "vpn_gateway": {
            "office": {
                "transports": [f"udp:{values.vpn_udp_port}", f"tcp:{values.vpn_tcp_port}"],
                "udp_controls": _stun(values),
                "tcp_controls": beside,
            }
        },
        "vpn_inside": {
            "servers": [_at("intranet", values.inside_port)],
            "name_servers": [f"{LOOPBACK}:{values.names_port}"],
            "tcp_controls": beside,
        },
    }


def _files(values: OfficeValues) -> dict[str, Any]:
    return {
        "share": {
            "team-drive": {
                "url": f"https://{_at('files', values.share_port)}/team",
                "tcp_controls": [_at("sign-in", values.sign_in_port)],
            }
        }
    }


def _help(values: OfficeValues) -> dict[str, Any]:
    beside = {"tcp_controls": [_at("sign-in", values.sign_in_port)]}
    return {
        "contact_portal": beside,
        "contact_email": beside | {"port": values.mail_port},
        "contact_chat": beside,
    }


def _stun(values: OfficeValues) -> list[str]:
    return [_at(f"stun{number}", port) for number, port in enumerate(values.stun_ports, start=1)]
