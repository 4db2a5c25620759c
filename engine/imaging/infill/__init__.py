"""Cheap pixels for the unknown part of a canvas, made of what is known."""
