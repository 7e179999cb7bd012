"""Writes digits.csv from scikit-learn's digits: label, then the sums of the sixteen 2 x 2 squares of the image (0...64)."""

import sys

from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
squares = images.reshape(-1, 4, 2, 4, 2).sum(axis=(2, 4)).reshape(-1, 16).astype(int)
for label, row in zip(labels, squares):
    sys.stdout.write(",".join(map(str, [label, *row])) + "\n")
