"""Pretrained weights: where they come from, whether they fit a network, and how to learn on from them."""
