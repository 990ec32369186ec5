"""The trained reader: a small transformer encoder with token and statement heads."""
