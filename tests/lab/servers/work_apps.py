"""What the company's apps need beside mail and telephone, which every lab has: sign-in, chat, Kerberos."""

from typing import TYPE_CHECKING

from tests.lab.servers import identity_provider, kdc, live_chat
from tests.lab.servers.base import Server

if TYPE_CHECKING:
    from tests.lab.lab import Lab


def everything(lab: "Lab") -> tuple[Server, ...]:
    """For situations of the profile ``apps``, which begin with it: other situations have no use for these servers."""
    return identity_provider.provider(lab), *live_chat.chat(lab), kdc.centre()
