"""People and their teams."""
