"""Benchmarks of speed and memory, each measurement printed with its target."""
