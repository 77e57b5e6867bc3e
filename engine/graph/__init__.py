"""The model of a network: nodes, edges, edits and the file they are kept in."""
