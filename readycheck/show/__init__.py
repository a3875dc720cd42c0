"""What every face shows, whichever it is: the state of a run, its order on a list, its words and signs. Draws nothing."""
