"""What scripts/fuzz runs: bytes without end at the parse boundary and the fold, and floods at a real Home Assistant."""
