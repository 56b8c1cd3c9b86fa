"""What the kinds that judge the contents of cells share."""
