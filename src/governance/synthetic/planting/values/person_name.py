"""Names of users, each from a fresh row of the table of users, and no author's."""

from __future__ import annotations

import json
from urllib.parse import quote

from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.forms import BODY, NOTE, REPLY, Form, Values
from governance.synthetic.planting.planter import Planter

_KIND = "person_name"
_JOINER = "\u200c"  # zero-width


def _name(planter: Planter) -> str:
    row, pools = new_row(planter, "users"), planter.world.pools
    unwritten = pools.family[len(pools.authors) :]
    given = str(pools.given[int(planter.rng.integers(len(pools.given)))])
    row["name"] = f"{given} {unwritten[int(planter.rng.integers(len(unwritten)))]}"
    return str(row["name"])


def _family_first(planter: Planter) -> str:
    first, last = _name(planter).rsplit(" ", 1)
    return f"ثبت به نام {last}، {first} انجام شد."


def _fields(planter: Planter) -> str:
    first, _, last = _name(planter).partition(" ")
    return json.dumps({"code": 100, "given": first, "family": last}, ensure_ascii=False)


VALUES = Values(
    category="user.name",
    forms=(
        Form("name: in a sentence", _KIND, lambda p: f"ممنون از {_name(p)} بابت معرفی کتاب.", BODY),
        Form("name: zero-width joined", _KIND, lambda p: f"تماس گرفت {_name(p).replace(' ', _JOINER)}", NOTE),
        Form("name: family name first", _KIND, _family_first, NOTE),
        Form("name: in two fields of JSON", _KIND, _fields, REPLY),
    ),
    addresses=(Form("name: in a field of a visit", _KIND, lambda p: f"/search?q={quote(_name(p))}"),),
)
