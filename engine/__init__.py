"""The GPU process: lease a job, plan, fill, denoise, blend, publish.

worker             lease → paint → publish → acknowledge, with one painting thread (paint_thread)
outpaint           canvas → painter → colours → the original pasted back (imaging/: pure code on pixels)
painter_registry   the painters of this engine: draft_painter, without a model, and diffusion
planning, models   which windows are painted when; which models there are, and how they fit into memory
diffusion          the only folder that loads torch; denoising/ is the loop, pipelines/ the models
device, metrics    what the engine paints on, and what Prometheus sees
"""
