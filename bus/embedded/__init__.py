"""The nats-server that Outcrop starts itself."""
