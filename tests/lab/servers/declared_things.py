"""nginx with what the profile ``declared`` asks for: the planner, app.corp.test, and two status pages on status.corp.test.

The pages are those of Atlassian Statuspage (the service) and of Rootly (the company), after their documentation.
"""

import json
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.lab import topology, zone
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import certificates, nginx, sites
from tests.lab.servers.base import Server, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

APP: Final = "planner"
PAGES: Final = "status-pages"
IPS: Final = (topology.COMPANY_APPS_IP, topology.ip6(topology.COMPANY_APPS_IP))
PAGES_IPS: Final = (topology.COMPANY_WEB_IP, topology.ip6(topology.COMPANY_WEB_IP))
PORT: Final = 8444
PLAIN_PORT: Final = 8445
Told = Literal["well", "incident", "elsewhere", "maintenance", "resolved", "garbage", "gone"]
_LINK: Final = "https://stspg.io/abc"


def everything(lab: "Lab", *, service: Told = "well", company: Told = "well") -> tuple[Server, ...]:
    """For situations of the profile ``declared``, which begin with it. What the status pages report of whom."""
    return planner(lab), status_pages(lab, service=service, company=company)


def planner(
    lab: "Lab",
    *,
    status: int = 0,
    text: str = "all well",
    environment: str = "production",
    to: str = "/health",
    days: int = 90,
    certificate: certificates.Fault | None = None,
    tls: str = "TLSv1.2 TLSv1.3",
) -> Server:
    """``status``: answers everything with it; ``text`` and ``environment``: of its page; ``to``: where its first page sends on;
    ``days``: so long its certificate is still valid; ``tls``: the versions that it speaks, "" for none: plain pages on its port.
    The first page without TLS, of everybody, is on PLAIN_PORT."""
    name = f"app.{zone.DOMAIN}"
    ends = lab.trusted.issue(name, name, valid_days=(-30, days))
    chain, key = certificates.issued(lab, name, (), certificate) if certificate else ends
    page = f"""
      location = / {{ return 302 {to}; }}
      location = /health {{ default_type text/plain; add_header X-Environment {environment} always;
        if ($http_x_key != "{USER_PASSWORD}") {{ return 401; }}
        return 200 "{text}";
      }}"""
    pages = sites.broken(status) if status else page
    secure = f"ssl_certificate {chain}; ssl_certificate_key {key}; ssl_protocols {tls};" if tls else ""
    plain = f"server {{ {_listen(IPS, PLAIN_PORT, '')} location / {{ return 200 '{text}'; }} }}"
    block = f"server {{ {_listen(IPS, PORT, 'ssl' if tls else '')} server_name {name}; {secure} {pages} }} {plain}"
    return nginx.server(APP, "company", block, ready=tcp(IPS[0], PORT))


def status_pages(lab: "Lab", *, service: Told = "well", company: Told = "well") -> Server:
    name = f"status.{zone.DOMAIN}"
    chain, key = certificates.issued(lab, name, ())
    pages = _page("/orders/api/v2/summary.json", service, _statuspage) + _page(
        "/api/v1/status.json", company, _rootly
    )
    block = f"server {{ {_listen(PAGES_IPS)} server_name {name}; ssl_certificate {chain}; ssl_certificate_key {key}; {pages} }}"
    return nginx.server(PAGES, "company", block, ready=tcp(PAGES_IPS[0], PORT))


def _page(path: str, told: Told, form: Any) -> str:
    if told == "gone":
        return f"location = {path} {{ return 404; }}\n"
    text = "<h1>Welcome</h1>" if told == "garbage" else json.dumps(form(told))
    return f"location = {path} {{ default_type application/json; return 200 '{text}'; }}\n"


def _statuspage(told: Told) -> dict[str, Any]:
    """The summary of Atlassian's pages; "elsewhere" is an incident of a component that nobody here uses."""
    concerned = {"incident": "Shop", "elsewhere": "Archive"}.get(told, "")
    states = {"incident": "major_outage", "elsewhere": "partial_outage"}
    parts = [
        {
            "id": str(number),
            "name": part,
            "status": states[told] if part == concerned else "operational",
            "group": False,
        }
        for number, part in enumerate(("Shop", "Archive"))
    ]
    incidents = [
        {"name": "Elevated error rates", "status": "resolved" if told == "resolved" else "investigating", "impact": "major",
         "created_at": "2026-11-22T08:00:00.000Z", "started_at": "2026-11-22T08:00:00.000Z", "shortlink": _LINK,
         "components": [{"name": concerned}] if concerned else []}
    ]  # fmt: skip
    work = [
        {"name": "New database", "status": "in_progress", "impact": "maintenance", "scheduled_for": "2026-11-22T08:00:00.000Z",
         "scheduled_until": "2026-11-22T23:00:00.000Z", "shortlink": _LINK, "components": [{"name": "Shop"}]}
    ]  # fmt: skip
    return {
        "page": {"id": "1", "name": "Orders", "url": _LINK, "updated_at": "2026-11-22T09:00:00Z"},
        "status": {"indicator": "major" if concerned else "none", "description": "As it is"},
        "components": parts,
        "incidents": incidents if concerned or told == "resolved" else [],
        "scheduled_maintenances": work if told == "maintenance" else [],
    }


def _rootly(told: Told) -> dict[str, Any]:
    incident: dict[str, Any] = {
        "name": "Planner is down", "status": "started", "impact": "critical", "started_at": "2026-11-22T08:00:00Z",
        "resolved_at": None, "url": f"https://status.{zone.DOMAIN}/incidents/1", "incident_updates": [],
    }  # fmt: skip
    indicator = {"incident": "major", "maintenance": "maintenance"}.get(told, "none")
    return {
        "page": {"name": "Corp IT", "url": f"https://status.{zone.DOMAIN}", "time_zone": "Europe/Berlin"},
        "status": {"indicator": indicator, "description": "As it is"},
        "incidents": [incident] if told == "incident" else [],
    }


def _listen(ips: tuple[str, ...], port: int = PORT, how: str = "ssl") -> str:
    return " ".join(f"listen {f'[{ip}]' if ':' in ip else ip}:{port} {how};" for ip in ips)
