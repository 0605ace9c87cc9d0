"""Small screens that stand above a page and ask or tell one thing."""
