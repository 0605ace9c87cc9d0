"""The full-screen dashboard; only here and in the demo textual is imported."""
