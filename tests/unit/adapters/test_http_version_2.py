"""Version 2 of HTTP is spoken where a check offers it, and offered by nobody else."""

import asyncio
import ssl
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import trustme

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.errors import NetError
from readycheck.ports import HttpAnswer, Meter


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that speaks version 2 and no other: it gives back what was posted."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    posted = b""
    try:
        writer.write(connection.data_to_send())
        while received := await reader.read(65_536):
            for event in connection.receive_data(received):
                if isinstance(event, h2.events.DataReceived):
                    posted += event.data
                elif isinstance(event, h2.events.StreamEnded):
                    connection.send_headers(event.stream_id, [(":status", "200")])
                    connection.send_data(event.stream_id, posted, end_stream=True)
            writer.write(connection.data_to_send())
    except (h2.exceptions.ProtocolError, ConnectionError):
        pass
    finally:
        writer.transport.abort()


def post(folder: Path, *, http2: bool) -> tuple[HttpAnswer | NetError, list[str | None]]:
    """What came of it, and what the handshakes of it and of a bare connection after it agreed upon."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(["h2"])
    agreed: list[str | None] = []

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        agreed.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await serve(reader, writer)

    async def attempt() -> HttpAnswer | NetError:
        net = RealNet(Meter(), ca_file=str(folder / "ca.pem"))
        server = await asyncio.start_server(noting, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server:
            try:
                url = f"https://127.0.0.1:{port}/"
                return await RealHttp(net, Meter()).request(
                    "POST", url, content=b"asked", http2=http2, timeout_s=3.0
                )
            except NetError as error:
                return error
            finally:
                await net.tls("127.0.0.1", port)

    return asyncio.run(attempt()), agreed


def test_a_server_that_speaks_version_2_only_is_understood_where_it_is_offered(tmp_path: Path) -> None:
    answer, agreed = post(tmp_path, http2=True)
    assert isinstance(answer, HttpAnswer), answer
    assert (answer.status, answer.body) == (200, b"asked")
    assert agreed == ["h2", None], "no later connection offers it"


def test_without_the_offer_such_a_server_is_not_understood(tmp_path: Path) -> None:
    answer, agreed = post(tmp_path, http2=False)
    assert isinstance(answer, NetError)
    assert "h2" not in agreed
