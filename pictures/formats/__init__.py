"""One reader per file format: header and metadata by our own bounded parser, pixels by Pillow."""
