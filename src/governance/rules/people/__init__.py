"""What the kinds about persons share: their keys and tokens, their requests, what is left of them."""
