"""Training: what to train with, the steps, their measurements, and the thread they run on."""
