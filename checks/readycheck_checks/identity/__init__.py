"""Signing in: the documents of an identity provider, its clock, its key distribution centre, and the verdict."""
