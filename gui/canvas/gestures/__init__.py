"""What the mouse does on the canvas, one class for each gesture."""
