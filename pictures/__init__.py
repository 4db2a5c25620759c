"""What a picture is: geometry, the one safe decoder, encoding and recipes."""
