"""The real servers of the lab, one module for each software, and the directory of all of them by name."""
