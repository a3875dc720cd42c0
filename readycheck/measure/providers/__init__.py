"""Speed servers of several kinds behind one interface."""
