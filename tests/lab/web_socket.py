"""A WebSocket server behind a web server, as a chat has one. A program of its own: web_socket.py waits|closes PORT."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, serve


async def waits(connection: ServerConnection) -> None:
    """Somebody has to sign in first, and says nothing."""
    await connection.wait_closed()


async def closes(connection: ServerConnection) -> None:
    await connection.close(1011, "no room")


async def main(how: str, port: int) -> None:
    async with serve({"waits": waits, "closes": closes}[how], "127.0.0.1", port):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
