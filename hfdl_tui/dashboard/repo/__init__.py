"""Choosing, listing and picking from a repo, below the page of files."""
