"""Rehearsals: what would our scheme do if ... A scenario anyone can write, played against the real rules and store."""
