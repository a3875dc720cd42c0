"""What the cloud storage check is made of: the verdict over the answers of its servers."""
