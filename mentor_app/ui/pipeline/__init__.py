"""Opportunities from the CRM."""
