"""Data that outlives the process: folders and files that only their owner can read."""
