"""Who may connect: keys, tickets, hosts, origins, addresses, connection limits."""
