"""The inside of the mouth: the photo's own teeth, or a donor's, as textures."""
