"""How other programs write down how a picture was made, one file each."""
