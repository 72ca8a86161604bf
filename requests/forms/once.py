"""A form that counts once, however often it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms


class FormKey(forms.UUIDField):
    """What is no key counts as none: the words beside it are what matters."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class Once(forms.Form):
    """A form with a key of its own, in `key`."""

    key = FormKey(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
