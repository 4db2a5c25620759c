"""What people get: status, results, and the ways to deliver them."""
