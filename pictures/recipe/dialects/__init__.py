"""The metadata formats of other programs, one file each."""
