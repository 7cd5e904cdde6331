"""The team, its rules and its data. No Qt, no matplotlib, no print."""
