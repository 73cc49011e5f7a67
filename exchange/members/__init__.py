"""Members: how organisations, people and pilot lines come into the network, change and leave."""
