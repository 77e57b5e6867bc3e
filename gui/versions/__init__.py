"""The versions of a project that were kept when it was saved."""
