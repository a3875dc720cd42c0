"""What can be checked and what can be said, told from the checks themselves: rows, a page, the meaning of a code."""
