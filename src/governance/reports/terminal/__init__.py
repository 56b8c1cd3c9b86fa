"""What the command line prints of runs, policies and proofs."""
