"""Access to the server: tickets and keys, checks of Host and Origin, limits of connections, TLS."""
