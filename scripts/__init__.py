"""Operator and developer tools: set-up, sample scans, benchmarks, scoring."""
