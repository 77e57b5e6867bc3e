"""The table of what every layer costs, and what it takes to train the whole."""
