"""What the commands of the command line do, one module a group; service.cli only parses."""
