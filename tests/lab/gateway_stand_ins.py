"""Listeners that answer as gateways do which are not to be had: GlobalProtect, Fortinet's SSL-VPN, SSTP. A program of its own.

    gateway_stand_ins.py KIND HOW PORT CHAIN KEY

They were written after the same documents as the checks, and prove that the checks read those, and no more. For SSTP there is a
real gateway too (servers/softether.py), whose package grants nobody a channel.

HOW is "good"; "saml" (people sign in on a web page); "none" (the product, without its VPN); "web" (a web server, nothing else);
"yes" (a web server that has the same page for every request); "busy" (503); "silent" (accepts, shakes hands, and says nothing);
"drip" (one byte a second).
"""

import ssl
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

PRELOGIN: Final = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<prelogin-response>\n<status>{status}</status>\n<ccusername></ccusername>\n'
    "<autosubmit>false</autosubmit>\n<msg>{message}</msg>\n<newmsg></newmsg>\n<license>yes</license>\n"
    "<authentication-message>Enter login credentials</authentication-message>\n{more}<panos-version>1</panos-version>\n"
    "</prelogin-response>"
)
SAML: Final = "<saml-auth-method>REDIRECT</saml-auth-method>\n<saml-request>aHR0cHM6Ly9pZHAuZXhhbXBsZS8=</saml-request>\n"
FORTINET: Final = (
    "<html><head><title>Please Login</title></head><body><form action='/remote/logincheck' method='post'>"
    "<input name='username'><input name='credential' type='password'></form>"
    "<script>var fgt_lang = {};</script></body></html>"
)
PAGE: Final = "<!doctype html><title>Welcome</title><h1>Welcome</h1>"
TWO_WAY: Final = "the channel has no end"  # in place of a body
SSTP_PATH: Final = "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/"
Reply = tuple[int, str]


def globalprotect(how: str, method: str, path: str) -> Reply:
    if not path.startswith(("/global-protect/prelogin.esp", "/ssl-vpn/prelogin.esp")):
        return 404, PAGE
    if how == "none":
        return 200, PRELOGIN.format(status="Error", message="GlobalProtect gateway does not exist", more="")
    return 200, PRELOGIN.format(status="Success", message="", more=SAML if how == "saml" else "")


def fortinet(how: str, method: str, path: str) -> Reply:
    if path.startswith("/remote/login") and how != "none":
        return 200, FORTINET
    return (302, "/login?redir=%2Fremote%2Flogin") if how == "none" else (404, PAGE)


def sstp(how: str, method: str, path: str) -> Reply:
    return (200, TWO_WAY) if method == "SSTP_DUPLEX_POST" and path == SSTP_PATH else (404, PAGE)


KINDS: Final = {"globalprotect": globalprotect, "fortinet": fortinet, "sstp": sstp}


def handler(kind: str, how: str) -> type[BaseHTTPRequestHandler]:
    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "Lab"
        close_connection = True

        def answer(self) -> None:
            if how == "silent":
                threading.Event().wait()
            status, body = self.chosen()
            if body == TWO_WAY:
                self.say(b"HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: Lab\r\n\r\n")
                return
            head = f"HTTP/1.1 {status} Said\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
            head += f"Location: {body}\r\n" if status == 302 else ""
            self.say(f"{head}\r\n{body}".encode())

        def chosen(self) -> Reply:
            if how == "busy":
                return 503, PAGE
            if how == "yes":
                return 200, PAGE
            if how == "web":
                return (200 if self.command in ("GET", "POST") else 405), PAGE
            return KINDS[kind](how, self.command, self.path)

        def say(self, data: bytes) -> None:
            for at in range(0, len(data), 1 if how == "drip" else len(data)):
                self.wfile.write(data[at : at + 1] if how == "drip" else data)
                self.wfile.flush()
                time.sleep(1.0 if how == "drip" else 0)

        do_GET = do_POST = do_SSTP_DUPLEX_POST = answer

        def log_message(self, *words: object) -> None:
            print(self.command, self.path, flush=True)

    return Gateway


class Listener(ThreadingHTTPServer):
    """The handshake is each connection's own matter, so that one that hangs holds up nobody."""

    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request: object, client_address: object) -> None:
        with suppress(OSError):
            secure = self.context.wrap_socket(request, server_side=True)  # type: ignore[arg-type]
            super().finish_request(secure, client_address)


def main(words: list[str]) -> None:
    kind, how, port, chain, key = words
    server = Listener(("0.0.0.0", int(port)), handler(kind, how))
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(chain, key)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
