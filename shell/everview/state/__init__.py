"""Storage of data that outlives the process, in files that only their owner can read."""
