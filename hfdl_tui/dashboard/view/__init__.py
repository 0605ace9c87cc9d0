"""What the dashboard shows, worked out without textual."""
