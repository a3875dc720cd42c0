"""What a directory says about a mail domain: who signs its people in. Pure: realm() raises ValueError for anything else."""

import json
from dataclasses import dataclass

from readycheck.api import clean
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.identity.openid import host_of


@dataclass(frozen=True, kw_only=True)
class Realm:
    """``kind``: Managed, Federated or Unknown; ``signs_in``: the server of a federated domain that people sign in at."""

    kind: str
    signs_in: Endpoint | None = None


def realm(body: bytes) -> Realm:
    """Microsoft's getuserrealm document: NameSpaceType, and AuthURL where it is federated."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(told, dict) or not isinstance(told.get("NameSpaceType"), str):
        raise ValueError("it does not say who signs people in")
    url = told.get("AuthURL")
    signs_in = host_of(url) if isinstance(url, str) and url else None
    return Realm(kind=clean(told["NameSpaceType"], 40), signs_in=signs_in)
