"""Checks that a profile declares without code: web, port, certificate, name, ping, command."""
