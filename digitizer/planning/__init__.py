"""Targets, counts, forecasts and samples as pure functions and data: no I/O but the package's own tables."""
