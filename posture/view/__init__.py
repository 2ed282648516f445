"""Show it: tables, figures and displays of what `study` computed."""
