"""A page of figures for monitors such as Prometheus, on this machine only."""
