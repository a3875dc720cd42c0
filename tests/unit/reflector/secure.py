"""A reflector with a certificate of a test's own authority."""

import ssl
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import trustme

from readycheck.reflector.server import Settings
from tests.unit.reflector.house import House, house


class Identity:
    """Files of a certificate and its key, and the context of a client that trusts it."""

    def __init__(self, folder: Path, name: str = "reflector.example") -> None:
        authority = trustme.CA()
        issued = authority.issue_cert(name, "127.0.0.1")
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"
        self.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        self.key.write_bytes(issued.private_key_pem.bytes())
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)


def secure_house(identity: Identity, **limits: Any) -> AbstractContextManager[House]:
    return house(Settings(certificate=identity.chain, key=identity.key), **limits)
