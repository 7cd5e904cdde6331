"""What has been done, in words, and taking it back: the history over all capabilities."""
