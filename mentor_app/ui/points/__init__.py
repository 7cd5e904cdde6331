"""Mentoring points: accounts, rules, rewards, redemptions, the ledger."""
