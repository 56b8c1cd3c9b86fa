"""What the kinds that judge rows and join tables share."""
