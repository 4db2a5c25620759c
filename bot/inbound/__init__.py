"""What people ask for: requests, their pictures, and how an error is told."""
