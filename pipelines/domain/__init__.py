"""Frozen values, the legal moves between their states, and errors with stable codes."""
