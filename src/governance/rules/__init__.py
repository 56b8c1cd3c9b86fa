"""Rules judged on data: one file a kind, evaluated table by table; no Great Expectations in here."""
