"""What speaks: voices behind one interface, with exact phone and word timings."""
