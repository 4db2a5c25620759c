"""Messages to people: status updates, results, and their delivery."""
