"""Hears any exchange: connects, asks, waits, reconnects, and tells what it did not hear."""
