"""Servers on loopback for the checks of mail, chat, telephone and sign-in: well-behaved ones, and ones that misbehave."""

import asyncio
from collections.abc import Sequence

from tests.checks.contact_desk import Talker

NOISE = bytes(range(128, 256)) * 4


async def endless_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What no protocol says, without an end of a line."""
    writer.write(NOISE)
    await writer.drain()
    await reader.read(-1)


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The same in a line."""
    writer.write(NOISE + b"\r\n")
    await writer.drain()
    await reader.read(-1)


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and closes it."""
    writer.close()


def dripping(data: bytes, pause_s: float = 0.05) -> Talker:
    """A byte now and then."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause_s)

    return talk


def imap(
    *, capabilities: Sequence[str] = ("IMAP4rev1", "STARTTLS", "LOGINDISABLED"), greeting: str = "* OK ready"
) -> Talker:
    """An IMAP server that answers CAPABILITY with these, and knows no other command."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{greeting}\r\n".encode())
        while line := await reader.readline():
            tag, _, command = line.strip().partition(b" ")
            if command == b"CAPABILITY":
                writer.write(f"* CAPABILITY {' '.join(capabilities)}\r\n".encode() + tag + b" OK done\r\n")
            else:
                writer.write(tag + b" BAD what?\r\n")
            await writer.drain()

    return talk


def never_ending(line: bytes, pause_s: float = 0.02) -> Talker:
    """The same line again and again, each in good time."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(line)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return talk
