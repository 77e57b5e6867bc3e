"""The window of Netwright: it shows what the engine knows and asks it for changes."""
