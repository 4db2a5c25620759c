"""The connection to NATS JetStream; nothing outside this package imports nats."""
