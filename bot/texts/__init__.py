"""Everything the bot says in a channel, one file a subject; it takes plain values and knows no rows."""
