"""Truth needs what only Linux has; elsewhere the modules of the lab cannot even be imported."""

import sys

collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]
