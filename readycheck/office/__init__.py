"""The embedded office: real listeners on loopback for a demonstration and for tests. Only loopback; refuses any other address.

It runs in one child process (``python -m readycheck.office``); readycheck.office.running starts and ends it.
"""
