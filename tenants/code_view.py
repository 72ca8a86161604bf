"""The page on which somebody fills in the code of the mail."""

import time
from datetime import datetime
from functools import cached_property
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmLoginCodeView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from . import attempts, known_browsers
from .models import User

TOO_OLD = _("This code is too old: it worked for ten minutes. Ask for a new code.")


def look_somebody_up() -> None:
    """allauth looks up whose code it is, if it is anybody's."""
    User.objects.filter(pk__gt=0).first()


@method_decorator(login_not_required, name="dispatch")
class CodeView(ConfirmLoginCodeView):
    """allauth's, which leads somebody with an old code back without a word, counts a new code by the age of the
    first one, keeps the number of wrong codes where tries at once do not see each other, and does less for strangers.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        stage = getattr(request, "_login_stage", None)
        if stage and stage.login.user is None:
            look_somebody_up()
        if getattr(self, "_process", "none was begun here"):
            return response
        get_adapter().add_message(request, messages.ERROR, message=TOO_OLD)
        return self._lead_to("account_login")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._action == "verify" and not attempts.may_guess(self._visitor, self._code_name, at=self._at):
            self._process.abort()
            return self._refused("account_login")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        attempts.was_right(self._visitor, self._code_name, at=self._at)
        response: HttpResponse = super()._verify_form_valid(form)
        return response

    @transaction.atomic
    def _resend_form_valid(self, form: Any) -> HttpResponse:
        """Asking for a code again is asking for a code."""
        if not attempts.may_ask(self._visitor, at=self._at):
            return self._refused("account_confirm_login_code")
        self._process.state |= {"at": time.time(), "failed_attempts": 0}
        self._process.send()
        self._process.record_resend()
        self._process.persist()
        return self._lead_to("account_confirm_login_code")

    @cached_property
    def _at(self) -> datetime:
        return timezone.now()

    @cached_property
    def _visitor(self) -> attempts.Visitor:
        return known_browsers.visitor(self.request, self._process.state["email"])

    @property
    def _code_name(self) -> str:
        """The same for tries at once, and another for each code. It does not tell the code."""
        return f"{self.request.session.session_key}-{self._process.state['at']}"

    def _refused(self, then: str) -> HttpResponse:
        adapter = get_adapter()
        adapter.add_message(self.request, messages.ERROR, message=adapter.error_messages["too_many_login_attempts"])
        return self._lead_to(then)

    def _lead_to(self, name: str) -> HttpResponse:
        return HttpResponseRedirect(self.passthrough_next_url(reverse(name)))
