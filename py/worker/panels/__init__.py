"""One module a panel of the page: the functions that it calls."""
