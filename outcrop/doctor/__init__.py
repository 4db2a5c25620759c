"""The command `outcrop doctor`: check the installation, and say how to fix what is wrong."""
