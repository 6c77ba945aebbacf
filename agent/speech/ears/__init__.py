"""What listens: recognition and end of turn, each the inside of a model's process."""
