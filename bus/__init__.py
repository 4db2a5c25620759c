"""What bot and engine say to each other: jobs and events on NATS JetStream, notices on core NATS.

said         jobs, events, notices (codec writes and reads them)
the bus      connection: queue, log, objects, radio
underneath   streams (one table), link and dial (nats-py, its errors translated), keys, pull, aside
embedded     server, address, listen, leftover, tether
"""
