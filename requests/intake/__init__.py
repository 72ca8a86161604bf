"""Taking a report in: what can be wrong where."""
