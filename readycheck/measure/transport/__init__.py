"""Connections for measuring: literal addresses, HTTP/1.1 without keeping a body, what the kernel counted."""
