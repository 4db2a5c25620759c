"""Look whether everything is in place, and say what to do where it is not."""
