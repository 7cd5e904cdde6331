"""Mentoring points: rules with a history, an append-only ledger, rewards and their redemption."""
