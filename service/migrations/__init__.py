"""The history of the schema; service.store.schema runs it."""
