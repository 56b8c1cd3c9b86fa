"""Shared code of the kinds about people: their keys and tokens, their requests, the residue of erased people."""
