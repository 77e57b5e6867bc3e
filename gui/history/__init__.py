"""The undo history as a list of named steps."""
