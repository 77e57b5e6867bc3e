"""What people write beside the layers on the canvas: frames around some of them, and notes."""
