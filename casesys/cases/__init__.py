"""One case at a time: what its page shows, what can be done on it, and what was begun."""
