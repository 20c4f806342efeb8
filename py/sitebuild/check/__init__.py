"""Tests, budgets and benchmarks."""
