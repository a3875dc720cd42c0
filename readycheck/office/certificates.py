"""A certificate authority that lives as long as the office does. Its key never leaves the process."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


class Authority:
    """Issues server certificates; ``ca_file`` is what a client trusts. ``folder`` must be private (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ca = trustme.CA(organization_name="readycheck demo office")
        self.ca_file = folder / "office-ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def context(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        """A server's TLS context for ``host``; ``expired``: the certificate ran out yesterday."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._issue(host, expired).configure_cert(context)
        return context

    def files(self, host: str) -> tuple[Path, Path]:
        """Certificate chain and key of ``host`` as files, for a library that wants paths."""
        issued = self._issue(host, expired=False)
        chain, key = self._folder / f"{host}.pem", self._folder / f"{host}.key"
        for number, blob in enumerate(issued.cert_chain_pems):
            blob.write_to_path(str(chain), append=number > 0)
        key.touch(mode=0o600)
        issued.private_key_pem.write_to_path(str(key))
        return chain, key

    def _issue(self, host: str, expired: bool) -> trustme.LeafCert:
        today = datetime.now(UTC)
        end = today - timedelta(days=1) if expired else today + timedelta(days=90)
        return self._ca.issue_cert(
            host, common_name=host, not_before=today - timedelta(days=30), not_after=end
        )
