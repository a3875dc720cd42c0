"""What the drive check is made of: which drives are wanted, one look at each from a child process, and the verdict."""
