"""The command `outcrop fix`: extend image files locally or through a bus."""
