"""The outside of Precedent: HTTP, SQL, jobs, helpdesks, pages, command line."""
