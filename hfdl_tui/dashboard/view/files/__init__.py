"""What the page of files works out: the index, filters, picks, globs, the disk."""
