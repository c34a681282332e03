"""Sentences: what an alert may say beyond its figures, one small rule a file."""
