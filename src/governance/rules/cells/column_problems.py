"""The problems of columns as wholes."""

from __future__ import annotations

from typing import Final

CARDS: Final = "column_of_card_numbers"
CODES: Final = "column_named_for_card_code"
HASHED: Final = "mask_beside_plain_hash"
SPLIT: Final = "card_number_in_two_columns"
MASKS: Final = "masks_that_show_a_card_number"
REST: Final = "mask_beside_hidden_digits"
WHOLES: Final = (CARDS, CODES, HASHED, SPLIT, MASKS, REST)
