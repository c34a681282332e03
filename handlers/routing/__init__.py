"""From what was typed or pressed to its command, and back with a reply."""
