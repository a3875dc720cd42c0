"""The full-screen face, on Textual. Only this package may import textual or rich; nothing outside imports it but the cli."""
