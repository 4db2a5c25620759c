"""What a picture is to become, whichever way it is asked for."""
