"""What the page of workers says."""
