"""Who the avatar is: its file, its variables, the rules of its answers and the cues in them."""
