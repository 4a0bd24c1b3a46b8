"""Everything that speaks HTTP: access, problems, the API, the pages."""
