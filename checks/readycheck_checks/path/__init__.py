"""What a path carries: the size of its packets, where they are lost, whether QUIC passes, and who it seems to come from."""
