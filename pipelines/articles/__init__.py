"""Articles from confirmed records: what may be said, put together, checked and written out. No SQL, no HTTP."""
