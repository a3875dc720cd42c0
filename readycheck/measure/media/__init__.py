"""Streams like those of a call, and how good a call sounds over them."""
