"""Two reports side by side: what changed between them, what of it can be compared at all, and both told."""
