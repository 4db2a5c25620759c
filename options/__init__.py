"""What people ask for, whichever way they ask."""
