"""Tier 6: networks of real bitcoind."""
