"""What we know already when somebody reports: the catalogue in force, what their words mean, and what is going on."""
