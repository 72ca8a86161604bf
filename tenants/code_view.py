"""The page on which somebody fills in the code of the mail."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmLoginCodeView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

TOO_OLD = _("This code is too old: it worked for ten minutes. Ask for a new code.")


@method_decorator(login_not_required, name="dispatch")
class CodeView(ConfirmLoginCodeView):
    """allauth's, which leads somebody with an old code back without a word, and counts a new code by the age of the
    first one.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if getattr(self, "_process", "none was begun here"):
            return response
        get_adapter().add_message(request, messages.ERROR, message=TOO_OLD)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_login")))

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        self._process.state["at"] = time.time()
        response: HttpResponse = super()._resend_form_valid(form)
        return response
