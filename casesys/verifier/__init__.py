"""What an auditor runs without us: the standard library and these modules, joined into one file."""
