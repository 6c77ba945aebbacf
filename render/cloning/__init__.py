"""Makes an avatar bundle out of one photo. What draws a bundle is `render.puppet`."""
