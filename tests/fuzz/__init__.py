"""Fuzzing: every parser of foreign bytes or text is played with broken input, and may raise only what its docstring says."""
