"""Playbooks: finding answers, writing, review."""
