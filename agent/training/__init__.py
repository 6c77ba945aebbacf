"""What `visavis train` runs: sentences, voices that tell their phones, and the data they make."""
