"""Second PINs (for online payments), after their label."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values, labelled

VALUES = Values(forms=(Form("second PIN: labelled", "card_pin", labelled("رمز دوم", 5, persian=True)),))
