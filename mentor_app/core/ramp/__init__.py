"""The ramp-up's mathematics: pure functions on arrays and plain values."""
