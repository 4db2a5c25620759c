"""A person's rows and pictures: SQLite and a folder of content-addressed files."""
