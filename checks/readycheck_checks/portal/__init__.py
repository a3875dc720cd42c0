"""What only the captive_portal check needs."""
