"""The canvas on which networks are built: a scene that mirrors the open graph, and gestures that edit it."""
