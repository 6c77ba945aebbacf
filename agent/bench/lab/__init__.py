"""What benches share: a server, a browser, recorded and made sounds, a bad network."""
