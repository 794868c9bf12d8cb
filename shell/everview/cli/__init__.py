"""The command line of Everview and of its apps."""
