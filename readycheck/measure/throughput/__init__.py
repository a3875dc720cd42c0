"""Download and upload rates, and when they have shown."""
