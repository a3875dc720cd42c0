"""After a failure: whose it is, by one rule for every check."""
