"""History: how unusual a figure is against what was heard here or imported."""
