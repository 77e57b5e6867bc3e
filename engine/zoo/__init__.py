"""Reference networks and templates, as graphs."""
