"""The GPU process: lease a job, plan, fill, paint, blend, publish.

worker       lease → paint → publish → acknowledge, with one painting thread (runner)
outpaint     canvas → painter → colours → the original back on top (imaging/: pure code on pixels)
device       what it paints on; meters tells Prometheus how it goes
painter      what every painter promises; painters names them; draft is the one without a model
"""
