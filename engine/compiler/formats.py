"""The formats that a network can be written in with its weights; free of torch."""

from __future__ import annotations

KINDS = {"onnx": ".onnx", "torchscript": ".pt", "torch-export": ".pt2", "safetensors": ".safetensors"}
"""How the files of each format end; the last has the weights alone."""
