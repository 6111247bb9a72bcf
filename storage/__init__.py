"""Bodies of the object store, catalogue and search index."""
