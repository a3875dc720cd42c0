"""The certificates of the lab: a CA that the computers of the lab trust, and another one that they do not."""

import os
import ssl
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme

FOLDER: Final = Path("/run/lab/pki")


class Authority:
    """A CA with its file ``certificate`` (PEM). ``issue`` gives the paths of a certificate chain and its key."""

    def __init__(self, name: str) -> None:
        self._ca = trustme.CA(organization_name=name)
        self.name = name
        self.certificate = FOLDER / f"{name.replace(' ', '-').lower()}.pem"
        self.certificate.parent.mkdir(parents=True, exist_ok=True)
        self._ca.cert_pem.write_to_path(str(self.certificate))
        self._issued: dict[tuple[object, ...], tuple[Path, Path]] = {}

    def issue(
        self, name: str, *identities: str, valid_days: tuple[float, float] = (-7, 825), rsa: bool = False
    ) -> tuple[Path, Path]:
        """Certificate chain and key for these host names and addresses, valid between these days from now. Kept by ``name``."""
        wanted = (name, identities, valid_days, rsa)
        if wanted not in self._issued:
            now = datetime.now(UTC).replace(tzinfo=None)
            leaf = self._ca.issue_cert(
                *identities,
                common_name=identities[0],
                not_before=now + timedelta(days=valid_days[0]),
                not_after=now + timedelta(days=valid_days[1]),
                key_type=trustme.KeyType.RSA if rsa else trustme.KeyType.ECDSA,
            )
            stem = f"{self.certificate.stem}-{name}-{len(self._issued)}"
            chain, key = FOLDER / f"{stem}.crt", FOLDER / f"{stem}.key"
            chain.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
            key.write_bytes(leaf.private_key_pem.bytes())
            key.chmod(0o600)
            self._issued[wanted] = (chain, key)
        return self._issued[wanted]


def trust(authorities: Sequence[Authority]) -> None:
    """Make these CAs trusted by all programs inside, beside those that the system trusts: its own store, in the private /etc."""
    added = b"".join(authority.certificate.read_bytes() for authority in authorities)
    for place in bundles():
        system = Path("/etc/ssl/certs/ca-certificates.crt")
        before = system.read_bytes() if system.exists() else b""
        if added not in before:
            place.write_bytes(before + b"\n" + added)


def stand_for_public(authority: Authority) -> None:
    """Let this CA count as one of those that browsers are shipped with: laid over certifi's list, in the private mounts."""
    import certifi

    shipped = Path(certifi.where())
    both = FOLDER / "public.pem"
    both.write_bytes(shipped.read_bytes() + b"\n" + authority.certificate.read_bytes())
    subprocess.run(["mount", "--bind", str(both), str(shipped)], check=True)


def bundles() -> set[Path]:
    """The files that programs inside read for the CAs they trust."""
    paths = ssl.get_default_verify_paths()
    asked = {"/etc/ssl/certs/ca-certificates.crt", paths.cafile or "", os.path.realpath(paths.openssl_cafile)}
    return {Path(path) for path in asked if path.startswith("/etc/")}
