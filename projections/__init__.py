"""One module per question the office asks: its tables, its questions, its reaction to events."""
