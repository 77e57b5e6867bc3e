"""The gallery of reference networks: every network of the zoo, for any input size and number of classes."""
