"""A camera that moves a face live: its socket, its queue and the process that reads it."""
