"""Windows, the messages in both directions, and the publisher that sends frames to windows."""
