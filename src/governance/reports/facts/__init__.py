"""What pages, notebooks and exports show of a run, as values without markup or words."""
