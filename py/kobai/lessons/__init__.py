"""The computations behind the lessons of the page."""
