"""Evaluates rules on data, table by table, without Great Expectations; one file per kind."""
