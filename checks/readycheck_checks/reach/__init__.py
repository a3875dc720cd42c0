"""What the check of the internet is made of: IPv4 and IPv6 judged apart, its findings and their codes."""
