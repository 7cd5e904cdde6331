"""Opportunities from the CRM, and what they say about the ramp-up."""
