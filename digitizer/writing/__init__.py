"""Derivatives from records: PDF/A, text, ALTO, hOCR, JSON. Deterministic bytes."""
