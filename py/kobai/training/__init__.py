"""Training runs and the engines that compute their steps."""
