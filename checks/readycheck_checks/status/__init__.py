"""Status pages of services and of the company: what they say, and the verdict."""
