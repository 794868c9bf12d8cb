"""What a simulated window shows: the nodes, what is visible, and how nodes are found."""
