"""From a graph to a plain PyTorch module."""
