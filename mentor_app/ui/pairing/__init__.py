"""Pairings: the assignment board, every pairing's story, mentors."""
