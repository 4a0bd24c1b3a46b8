"""From signs of missing knowledge to a report of what to write: demand, cluster, label, report."""
