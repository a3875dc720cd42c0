"""What the contact checks share: picking routes, visiting a page, the talk with a mail server. Holds no check itself."""
