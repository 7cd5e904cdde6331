"""The mathematics of assigning mentors: pure functions on arrays."""
