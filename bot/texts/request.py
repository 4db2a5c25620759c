"""What the bot says to a request before it is a job in the queue."""

ONE_PICTURE = "I used only the first picture. To use the second as its mask, add the word “outpaint”."
