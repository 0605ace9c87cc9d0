"""The command line: arguments in, exit codes and printed lines out."""
