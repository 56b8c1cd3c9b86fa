"""The output of the command line about runs, policies and proofs."""
