"""Round-trip times: on an idle line, and while it is loaded."""
