"""The logical type of a column that a contract describes by its physical type only."""

from __future__ import annotations

import re
from typing import Final

# What databases call their types; a name of several meanings, such as BIT, says nothing.
_NAMES: Final = {
    "string": "CHAR NCHAR VARCHAR NVARCHAR VARCHAR2 NVARCHAR2 BPCHAR CHARACTER TEXT NTEXT TINYTEXT MEDIUMTEXT LONGTEXT "
    "STRING CLOB CITEXT UUID UNIQUEIDENTIFIER",
    "integer": "INT INTEGER BIGINT SMALLINT TINYINT MEDIUMINT INT2 INT4 INT8 INT16 INT32 INT64 SERIAL BIGSERIAL LONG",
    "number": "DECIMAL NUMERIC NUMBER BIGNUMERIC DOUBLE FLOAT FLOAT4 FLOAT8 FLOAT32 FLOAT64 REAL MONEY",
    "boolean": "BOOL BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP TIMESTAMPTZ TIMESTAMP_NTZ TIMESTAMP_LTZ TIMESTAMP_TZ DATETIME DATETIME2 DATETIMEOFFSET",
    "time": "TIME TIMETZ",
    "object": "JSON JSONB STRUCT OBJECT RECORD MAP",
    "array": "ARRAY",
}
_TYPES: Final = {name: logical for logical, names in _NAMES.items() for name in names.split()}
_FIRST_WORD = re.compile(r"\s*([A-Za-z0-9_]+)")


def logical_type_of(physical: str) -> str:
    """The logical type that a physical type such as `VARCHAR(18)` obviously is, "" where it is not obvious."""
    if physical.rstrip().endswith("[]"):
        return "array"
    word = _FIRST_WORD.match(physical)
    return _TYPES.get(word[1].upper(), "") if word else ""
