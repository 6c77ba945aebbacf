"""Makes the data files of this package, by hand and rarely."""
