"""Load, decide, keep: the one path of every input, whether it came by form, by topic or from the timekeeper."""
