"""One module a step; each says what it adds and why."""
