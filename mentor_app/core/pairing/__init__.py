"""Projects and master–apprentice pairings that last a full project cycle."""
