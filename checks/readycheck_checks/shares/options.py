"""What a profile may say of one share. A mistake in it is one sentence."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck_checks.blame.options import BesideOptions
from readycheck_checks.shares.ssh import is_fingerprint
from readycheck_checks.shares.target import target_of

RATE_BYTES: Final = 2_000_000
LEAST_RATE_BYTES: Final = 131_072
SIGN_INS: Final = {
    "smb": ("password", "system"),
    "webdav": ("password", "none"),
    "sftp": ("password", "key", "none"),
    "nfs": ("system", "none"),
}


class ShareOptions(BesideOptions, frozen=True, kw_only=True):
    """One share, as the profile names it, and what to try there."""

    url: Annotated[
        str,
        Meta(
            description='"smb://host/share/folder", "https://host/folder" (WebDAV, SharePoint, Nextcloud), '
            '"sftp://host/folder" ("sftp://host/~/folder": from where one begins), "nfs://host/folder"'
        ),
    ]
    port: Annotated[int, Meta(ge=0, le=65_535, description="0: the one of the URL, or the usual one")] = 0
    title: Annotated[str, Meta(description="What people call these files")] = ""
    inside: Annotated[
        bool,
        Meta(
            description="The name of the server may be one of the inside: it is told to nobody but this computer's own name "
            "servers. false: a public name, of which name_servers are asked where it is not known here"
        ),
    ] = True
    sign_in: Annotated[
        Literal["password", "system", "key", "none"],
        Meta(
            description="system: the person signed in to this computer (SMB, NFS); key: their key_file (SFTP); none: nobody"
        ),
    ] = "password"
    user: Annotated[str, Meta(description="User name, the same for everybody")] = ""
    user_secret: Annotated[str, Meta(description="Name of the secret that holds the user name")] = ""
    password_secret: Annotated[
        str, Meta(description="Name of the secret that holds the password, or what unlocks the key")
    ] = ""
    key_file: Annotated[
        str, Meta(description='Private key of the person (SFTP), like "~/.ssh/id_ed25519"')
    ] = ""
    host_key: Annotated[
        str,
        Meta(
            description='Key of an SFTP server as "ssh-keygen -l" prints it ("SHA256:..."); empty: the one in the person\'s '
            'known_hosts; "any": whichever it shows'
        ),
    ] = ""
    read_file: Annotated[str, Meta(description="A file to read, relative to the share")] = ""
    write: Annotated[bool, Meta(description="Save a small file and remove it again")] = False
    write_required: Annotated[bool, Meta(description="false: saving that does not work is a warning")] = True
    rate_plan_mbps: Annotated[
        float, Meta(ge=0, description="Mbit/s one plans for; 0: no rate is measured")
    ] = 0
    rate_fail_mbps: Annotated[float, Meta(ge=0, description="Mbit/s at which it stops being of use")] = 0
    rate_up_plan_mbps: Annotated[
        float, Meta(ge=0, description="The same for saving (needs write); 0: no rate is measured")
    ] = 0
    rate_up_fail_mbps: Annotated[float, Meta(ge=0, description="The same for saving")] = 0
    rate_bytes: Annotated[
        int,
        Meta(
            ge=LEAST_RATE_BYTES, le=100_000_000, description="Bytes to move at most for the rate of each way"
        ),
    ] = RATE_BYTES
    rate_source: Annotated[str, Meta(description="Whose limits these are")] = ""

    @property
    def others_asked(self) -> tuple[str, ...]:
        """Name servers of others that may hear the name."""
        return () if self.inside else self.name_servers

    def __post_init__(self) -> None:
        super().__post_init__()
        kind = target_of(self.url, self.port).kind
        if self.sign_in not in SIGN_INS[kind]:
            fitting = " or ".join(f'"{way}"' for way in SIGN_INS[kind])
            raise ValueError(f'`sign_in = "{self.sign_in}"` does not go with {self.url}: use {fitting}')
        if (self.sign_in == "key") != bool(self.key_file):
            raise ValueError('`key_file` and `sign_in = "key"` belong together')
        if self.host_key not in ("", "any") and not is_fingerprint(self.host_key):
            raise ValueError(f'"{self.host_key}" is no host key: write it like "SHA256:" and 43 characters')
        if kind == "nfs" and (self.read_file or self.write):
            raise ValueError("files on NFS are read and saved by mounted drives only: use the check `drive`")
        if self.rate_plan_mbps and not (self.read_file and self.rate_fail_mbps < self.rate_plan_mbps):
            raise ValueError("a rate needs `read_file` and a `rate_fail_mbps` below `rate_plan_mbps`")
        if self.rate_up_plan_mbps and not (self.write and self.rate_up_fail_mbps < self.rate_up_plan_mbps):
            raise ValueError("a rate of saving needs `write` and a `rate_up_fail_mbps` below its plan")
