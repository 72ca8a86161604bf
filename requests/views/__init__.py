"""Pages about requests: the tenant's, and the dashboards."""
