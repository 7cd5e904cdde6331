"""Projects: their cycles, phases and dates."""
