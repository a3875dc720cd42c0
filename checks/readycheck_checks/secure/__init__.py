"""What the check of secure connections is made of: who opens them on the way, its findings and their codes."""
