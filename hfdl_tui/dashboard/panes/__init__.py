"""Panes of pages."""
