"""Speech to motion: coarticulation, behaviour, the performer."""
