"""Which parts of a canvas are painted, when, and in which windows."""
