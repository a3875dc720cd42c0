"""Automatic proxy configuration: the file fetched, run in a child without network and files, and what it says read."""
