"""What happened, played again: one case entry by entry, and why each entry moved a figure."""
