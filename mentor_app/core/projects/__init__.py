"""Projects: their cycles, phases, outcomes."""
