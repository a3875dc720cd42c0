"""What readycheck's claims of speed and lightness are measured with. ``python -m bench`` prints a table and writes both formats.

Figures are ratios against a floor in the same run wherever they can be; absolute figures stand beside the machine they came from.
"""
