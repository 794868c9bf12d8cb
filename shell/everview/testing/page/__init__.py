"""The page of a simulated window: its nodes, which of them are visible, and how tests find them."""
