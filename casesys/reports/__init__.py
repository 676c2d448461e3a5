"""The work report: a paper whose every number is a formula's, as a page and as a Word file."""
