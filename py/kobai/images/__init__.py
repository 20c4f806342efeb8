"""Images: PNG, colour maps, MNIST's centring, strokes to pixels, Matplotlib's figures."""
