"""Figures from plain data. Screen and export draw the same Figure; text that holds data is never mathtext."""
