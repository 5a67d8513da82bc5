"""A real Kubernetes control plane as child processes, for tests, benchmark and demo."""
