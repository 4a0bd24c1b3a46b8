"""One module a source of tickets: verify that a delivery is genuine, and parse it."""
