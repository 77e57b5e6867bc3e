"""The actions, menu by menu."""
