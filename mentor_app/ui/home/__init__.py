"""Home: what the person who works here does next."""
