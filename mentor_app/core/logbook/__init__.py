"""The logbook: everything practised, from draft to sign-off."""
