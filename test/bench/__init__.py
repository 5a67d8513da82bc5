"""The benchmark: the controller beside a bare writer, in one session of one API server."""
