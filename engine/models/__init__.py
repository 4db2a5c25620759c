"""Which models there are, where their weights are, and how they fit into memory."""
