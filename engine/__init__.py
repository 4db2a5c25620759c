"""The GPU process: lease a job, plan, fill, paint, blend, publish."""
