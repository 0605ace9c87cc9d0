"""The table that is drawn line by line."""
