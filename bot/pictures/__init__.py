"""Pictures: charts that are drawn in a process of their own."""
