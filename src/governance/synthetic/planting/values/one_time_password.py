"""Dynamic passwords, after their label."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values, labelled

VALUES = Values(forms=(Form("dynamic password: labelled", "one_time_password", labelled("رمز پویا", 6)),))
