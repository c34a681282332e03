"""Structure: open interest, funding, volumes, depth and candles, one source a file."""
