"""What bot and engine say to each other: jobs and events on NATS JetStream, notices on core NATS."""
