"""Conversations tried at once: each ends in its answer or in the NetError that says how it came to nothing. Judges nothing."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Annotated, TypeVar

from msgspec import Meta

from readycheck.api import NetError

T = TypeVar("T")
HostPort = Annotated[str, Meta(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):[0-9]{1,5}$")]


async def attempt(conversation: Awaitable[T]) -> T | NetError:
    """The answer, or the NetError as a value, so that several can be weighed together."""
    try:
        return await conversation
    except NetError as problem:
        return problem


async def at_once(conversations: Mapping[str, Awaitable[T]]) -> dict[str, T | NetError]:
    """All of them together, by the same keys."""
    outcomes = await asyncio.gather(*(attempt(each) for each in conversations.values()))
    return dict(zip(conversations, outcomes, strict=True))
