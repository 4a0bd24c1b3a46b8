"""What use cases ask of the store, one module a subject. Called inside a unit of work; nothing here commits."""
