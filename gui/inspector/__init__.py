"""The panel at the right: what can be set about the selected layers, and about training."""
