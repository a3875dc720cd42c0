"""UDP packets: their formats, and sending them at set times."""
