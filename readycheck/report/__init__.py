"""A saved report as a thing of its own: reading it back, its schema, whether it agrees with itself, and its score explained."""
