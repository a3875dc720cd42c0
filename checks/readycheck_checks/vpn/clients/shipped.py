"""The VPN programs that are known: dated data, shipped beside the profiles (programs/vpn_clients.toml).

No profile can add to them. A profile may come from an address, and whoever names programs to run would run them there.
"""

import tomllib
from functools import cache

import msgspec

import readycheck_profiles
from readycheck_checks.vpn.clients.products import Product


@cache
def products() -> dict[str, Product]:
    """By the names that profiles use."""
    text = (readycheck_profiles.folder() / "programs" / "vpn_clients.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Product])
