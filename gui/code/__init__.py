"""The code of the network, beside the canvas and in step with it."""
