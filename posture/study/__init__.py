"""Ask it: many replications, their statistics, and the folder they are kept in."""
