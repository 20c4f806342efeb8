"""What the worker keeps in the browser."""
