"""What the command line and the dashboard both do to jobs, workers and processes."""
