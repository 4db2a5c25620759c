"""The line from the history to the bus and back: dispatch, events, cancel, reconcile."""
