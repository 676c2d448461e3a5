"""What leaves the office for other tools: the log in the forms in which they read it."""
