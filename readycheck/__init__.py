"""readycheck: can I work from here, and if not, what is wrong, whose is it, and how do I get help?"""

__version__ = "0.1.0"
