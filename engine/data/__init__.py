"""Data sets: what there is (without torch), and tensors of it on the training device (with torch)."""
