"""The face of one conversation: what it shows, who draws it and in which form it leaves."""
