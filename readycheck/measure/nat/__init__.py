"""What a NAT does to addresses, and the relays that help past it."""
