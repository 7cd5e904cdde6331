"""Onboarding and mentorship for a sales organisation."""

__version__ = "0.1.0"
