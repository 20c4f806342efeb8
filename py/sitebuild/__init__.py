"""The steps behind build.py, one module a step; standard library only."""
