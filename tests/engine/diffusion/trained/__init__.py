"""A model small enough to train in minutes, for what only trained weights can show."""
