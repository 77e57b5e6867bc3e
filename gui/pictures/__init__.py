"""Pictures of the canvas for papers, slides and web pages: as SVG, PDF and PNG, and in the clipboard."""
