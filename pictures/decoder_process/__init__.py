"""Decode what people send in a process of its own, which a hostile file may kill."""
