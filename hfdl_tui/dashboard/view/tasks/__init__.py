"""What the page of tasks says."""
