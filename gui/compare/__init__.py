"""What is different between the open project and another one, drawn on the canvas."""
