"""What a persona knows and how the passage that answers a question is found."""
