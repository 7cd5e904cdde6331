"""Bringing files in: the wizard every kind of file goes through."""
