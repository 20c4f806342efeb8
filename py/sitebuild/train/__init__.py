"""Training what ships with the page: networks and reference runs."""
