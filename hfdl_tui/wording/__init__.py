"""How figures, times and foreign text are put into words for a terminal; no I/O."""
