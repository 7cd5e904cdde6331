"""What was done, by whom and when, and taking it back."""
