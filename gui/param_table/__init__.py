"""The parameters of many layers as a table."""
