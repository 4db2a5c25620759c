"""The command line that starts the parts."""
