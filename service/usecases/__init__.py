"""One module a verb. A use case owns its transaction; nobody else commits."""
