"""Where packaged weights are, how they load, and the processes that hold them."""
