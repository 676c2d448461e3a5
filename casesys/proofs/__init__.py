"""Proofs that the log only grew: the tree over its entries, and what it shows to a stranger."""
