"""Jobs on their way to the engines and back: dispatch, events, cancels, reconciliation."""
