"""Say it: the language of scenario files, from text to a checked scenario."""
