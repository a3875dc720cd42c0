"""What the check of name lookups is made of: asking name servers one by one, and whose it is when they do not answer."""
