"""Kobai: the mathematics of chapter 4 of 『ゼロから作るDeep Learning』 (Saito, O'Reilly Japan 2016) in plain NumPy."""
