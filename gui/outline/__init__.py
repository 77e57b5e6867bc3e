"""The outline: all layers of the project as a tree, beside the canvas."""
