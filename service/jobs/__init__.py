"""Background work: the runner, and which use case does which kind of job."""
