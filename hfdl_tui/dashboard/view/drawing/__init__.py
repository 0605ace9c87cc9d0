"""Signs, bars, columns and lines, before anybody draws them."""
