"""What can be said about a graph before it is trained: shapes, costs and problems."""
