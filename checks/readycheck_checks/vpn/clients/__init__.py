"""VPN programs on this computer: how each is asked for its state, what it says, and the verdict."""
