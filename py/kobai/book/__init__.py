"""What the book has in chapters 3 and 4: functions, gradients, networks, MNIST, the training step."""
