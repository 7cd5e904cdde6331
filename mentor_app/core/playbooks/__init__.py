"""Playbooks: kinds with templates, obligations, writing in parts, immutable versions, review, search."""
