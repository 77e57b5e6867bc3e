"""Where layers lie on the canvas: automatic layout from top to bottom, and how good a drawing is."""
