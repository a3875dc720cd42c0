"""What the check of proxies is made of: automatic configuration (PAC) read and run, tunnels tried, findings and codes."""
