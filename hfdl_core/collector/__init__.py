"""The collector: takes ranges of a job's files from all its workers and writes the files."""
