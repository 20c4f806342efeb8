"""Reading and writing files; nothing from elsewhere is trusted."""
