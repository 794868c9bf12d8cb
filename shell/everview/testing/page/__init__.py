"""The page of a simulated window: its nodes, their visibility, and finding nodes."""
