"""What an API server answers, byte for byte where it matters, on the real one and on the simulated."""
