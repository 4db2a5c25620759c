"""The message bus between bot and engine: jobs and events on NATS JetStream, notices on core NATS.

messages     jobs, events, notices (codec encodes and decodes them)
services     connection: job_queue, event_log, object_store, notice_channel; engine_registry
names        streams: the streams and the subjects on them
transport/   nats-py, its errors translated: client, connect, url, puller, dead_letters
embedded/    the nats-server that Outcrop starts itself
"""
