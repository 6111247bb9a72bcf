"""Pure image steps on numpy arrays: a recipe is data, every step that moves pixels returns its transform."""
