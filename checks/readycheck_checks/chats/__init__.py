"""Chats over WebSocket: the upgrade, and the verdict."""
