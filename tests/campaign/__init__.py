"""Hunts for faults that need several processes: short ones in every run, long ones on demand."""
