"""Fetching the pinned third-party files."""
