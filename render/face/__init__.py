"""What an avatar is: its bundle and file, its mesh, and how faces are found in pictures."""
