"""What is said, in words and numbers, for any platform."""
