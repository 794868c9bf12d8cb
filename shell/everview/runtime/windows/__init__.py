"""Windows, their messages, and the publisher that sends them what changed."""
