"""The decoder's process: `python -m pictures.decoder`."""

from pictures.decode import decode
from pictures.decoder.serve import serve

serve(decode)
