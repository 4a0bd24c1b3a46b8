"""The demo tickets: product content, written for this repository."""
