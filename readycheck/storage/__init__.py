"""Files of this person on this computer: where they lie, and how they are written and read without loss."""
