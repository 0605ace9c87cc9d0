"""What the page of events says."""
