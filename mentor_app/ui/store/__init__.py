"""The store itself: its backups, and going back to one."""
