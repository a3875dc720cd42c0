"""What the share check is made of: targets, stages, the SMB and WebDAV conversations, and the verdict over both."""
