"""The catalogue of layers: one torch-free declaration each, one file per family."""
