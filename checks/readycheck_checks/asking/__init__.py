"""What every check asks with: attempts that end, controls beside them, endpoints, proxies, the routing table. Judges nothing."""
