"""The check-up: measurements of a network, rules about its training, and the report."""
