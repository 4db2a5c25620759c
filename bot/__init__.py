"""The Discord side: commands, views, replies, delivery and history.

Its modules along the way of a job:

asked for    commands/, views/, replies (grammar, options, pick) → desk, which acknowledges (answering)
taken in     intake (download, limits)
in line      turns, dispatcher, roster
on the bus   listener, canceller, reconciler
shown        status (texts, messenger)
answered     answer (fit, texts) → delivery (messenger)
kept         history/, retention
watched      lookout (for /queue), meters (for Prometheus)
wired        service, client, invitation, alarm, errors
"""
