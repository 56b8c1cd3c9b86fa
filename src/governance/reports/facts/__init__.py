"""What pages, notebooks and exports say of a run, as values: no markup and no language's words."""
