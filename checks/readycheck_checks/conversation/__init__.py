"""One server and one conversation with it, for every check of a server: asked, asked again beside the controls, judged."""
