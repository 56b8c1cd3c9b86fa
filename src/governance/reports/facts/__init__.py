"""What pages, notebooks and exports show of a run, as values: no markup and no language's words."""
