"""Untrusted bytes in, scans out: sniffing, limits, the sandbox and what comes back from it."""
