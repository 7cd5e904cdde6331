"""The window. Pages read through queries and write through actions, both by way of ui.tasks."""
