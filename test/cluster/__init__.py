"""Tier 5: the controller as a child process against a real API server, driven by kubectl."""
