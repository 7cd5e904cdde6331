"""Ramp-up: a hire's close rate against the seniors'."""
