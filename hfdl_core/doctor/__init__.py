"""The doctor: checks what a machine needs to take part, and says what to do about the rest."""
