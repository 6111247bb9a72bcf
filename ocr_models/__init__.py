"""Engines behind the OcrEngine port, their manifest and language resources."""
