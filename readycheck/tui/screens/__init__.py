"""One module a screen, its style sheet beside it. A screen asks the desk for what it shows and runs no check itself."""
