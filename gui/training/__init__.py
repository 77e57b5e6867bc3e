"""The training panel: its buttons, its live plots, and the bridge over which they hear from the runner."""
