"""The decoder's process: `python -m pictures.decoder_process`."""

from pictures.decode import decode, verify
from pictures.decoder_process.protocol import Request
from pictures.decoder_process.server import serve

serve({Request.INFO: verify, Request.PICTURE: decode})
