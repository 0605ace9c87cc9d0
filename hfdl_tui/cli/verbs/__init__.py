"""One module per verb or family of verbs; each is imported only when its verb is used."""
