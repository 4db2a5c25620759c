"""The Discord side of Outcrop: commands, the queue, delivery and history.

commands/   slash commands, message menus, mentions
views/      what buttons and forms do
inbound/    a request becomes a job in the queue
queue/      jobs go to the bus, and what engines report comes back
outbound/   status messages and results go to Discord
history/    the database and the picture store
texts/      what the bot says
"""
