"""What the overview says: the map of files, the chart, jobs, what needs attention."""
