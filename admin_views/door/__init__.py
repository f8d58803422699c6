"""The door: who is asking, signing in and out, sessions, and looking at the panel as somebody else."""
