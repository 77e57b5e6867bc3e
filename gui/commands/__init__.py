"""What the window can do: the table of it, its keys, the palette to search in it, and the page of its keys."""
