"""The command line that starts the parts.

cli          the commands; process is what all have that run until they are stopped
up           supervisor: bus, engine and bot as one family, each a child
bot, engine  parts: one alone, on the bus that it joins (joining), watched over HTTP (watch)
sandbox/     everything in a browser page, without Discord; its pictures are drawn (sample, brush)
doctor/      what is in place, how to invite the bot, how an engine joins
fix, recipe  one picture file, here and now (work, sources, progress, results)
given        settings, folder, logs
"""
