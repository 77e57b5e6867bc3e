"""Choosing pretrained weights for the open project."""
