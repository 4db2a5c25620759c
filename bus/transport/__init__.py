"""NATS and JetStream by nats-py, the only place that imports it."""
