"""What `visavis bench` runs."""
