"""Incoming requests, their pictures, and replies to those that fail."""
