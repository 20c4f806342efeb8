"""The mathematics of chapter 4 of 『ゼロから作るDeep Learning』 (Saito, O'Reilly Japan 2016)."""
