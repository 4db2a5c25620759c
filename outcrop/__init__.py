"""The command `outcrop`, which starts everything.

outcrop     main (the parser) · serve (up, bot, engine) · fix · models · recipe · doctor · invite · sandbox
bot         Discord: commands, views, requests, queue, delivery, history
engine      paints jobs: plan, infill, denoise, blend
bus         jobs, events and notices between bot and engines, over NATS JetStream
options     what a picture is to become, whoever asks: the option table and its parsers
pictures    pixels, geometry, files and the recipes in them
migrations  the schema of the history, step by step

Imports go down only: outcrop > bot | engine > bus | options > pictures; import-linter checks it.
"""
