"""The worker's side: thin, between the page's messages and the learning library."""
