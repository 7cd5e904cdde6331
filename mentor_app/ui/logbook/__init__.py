"""The logbook: what was practised, signed off, sent back."""
