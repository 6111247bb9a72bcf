"""Templates of what people read; data files only."""
