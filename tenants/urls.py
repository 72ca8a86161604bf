"""Addresses to sign in and to look after one's account: those of allauth that we serve.

What is not listed does not exist here: signing up, passwords, changing the e-mail address.
"""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.urls import include, path
from django.views.generic import RedirectView

from .code_view import CodeView

to_sign_in = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))
to_prove_again = RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True)

login = transaction.atomic(views.login)  # the count and the mail: one commit, also when there is nothing new to mail

urlpatterns = [
    path("login/", login, name="account_login"),
    path("signup/", to_sign_in, name="account_signup"),
    path("login/code/", to_sign_in, name="account_request_login_code"),
    path("login/code/confirm/", CodeView.as_view(), name="account_confirm_login_code"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", to_prove_again, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
