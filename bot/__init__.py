"""The Discord side: commands, views, replies, delivery and history."""
