"""E-mails shared with the provider that sends them, with sealed addresses."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company import free_texts
from governance.synthetic.company.tables import people
from governance.synthetic.company.tables.payload_transfers import carried
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments, uniform

_TABLE = "shared_email"


def owners(world: World, index: Ints, share: Floats) -> tuple[Ints, Ints]:
    """The recipient of each e-mail, and its time; without an address, the nearest user before who gave one."""
    del share
    sent_at = carried(world, _TABLE, index)[1]
    return people.with_email(world, people.active(world, _TABLE, index, sent_at)), sent_at


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Notices to readers who had registered by then and gave an address."""
    user, sent_at = owners(world, index, share)
    key, emails = index + FIRST_KEY[_TABLE], people.emails(world, user)
    mail = (uniform(world.seed, "mail text", index) * len(free_texts.E_MAILS)).astype(np.int64)
    subjects, bodies = zip(*free_texts.E_MAILS, strict=True)
    return {
        "payload_id": pa.array(key),
        "transfer_id": carried(world, _TABLE, index)[0],
        "email": people.sealed(world, rng, (_TABLE, "email"), key, emails),
        "email_token": people.tokens(world, emails),
        "subject": choose_among(subjects, mail),
        "body": choose_among(bodies, mail),
        "sent_at": moments(sent_at),
    }
