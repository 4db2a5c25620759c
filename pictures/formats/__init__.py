"""One reader per file format: header and metadata by our own bounded walk, pixels by Pillow."""
