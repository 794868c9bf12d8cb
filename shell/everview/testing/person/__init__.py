"""What a person does with a simulated window: clicks, keys, and the state of the browser."""
