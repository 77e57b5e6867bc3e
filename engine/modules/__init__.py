"""Modules and functions that PyTorch lacks, each written so that its source can stand alone in exported code."""
