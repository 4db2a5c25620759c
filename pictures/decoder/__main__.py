"""The decoder's process: `python -m pictures.decoder`."""

from pictures.decode import decode, examine
from pictures.decoder.serve import serve
from pictures.decoder.wire import Wanted

serve({Wanted.FACTS: examine, Wanted.PICTURE: decode})
