"""Run it: a plan, its draws, and the engine that steps one replication through time."""
