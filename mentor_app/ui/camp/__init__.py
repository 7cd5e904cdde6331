"""The growth camp: the board of new hires and a hire's page."""
