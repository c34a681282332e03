"""Understands what people type: amounts, coins, windows, whole rules; or says what to type."""
