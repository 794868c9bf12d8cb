"""Actions of a person in a simulated window: clicks, keys, and the state of the browser."""
