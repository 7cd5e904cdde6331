"""What became of an opportunity, as the store and the ramp-up's columns write it."""

OPEN, WON, LOST, VOID = 0, 1, 2, 3
