"""What a network's answers and weights say: metrics, calibration, comparison, hidden units."""
