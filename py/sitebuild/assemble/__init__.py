"""Putting the site together."""
