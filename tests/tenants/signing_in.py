"""Signing in as a person does it: ask for a code, read the mail, fill in the code."""

from django.test import Client
from django.urls import reverse

from tenants.models import Notification

LOGIN, CODE = "/account/login/", "/account/login/code/confirm/"


def ask_for_code(client, email, **extra):
    return client.post(LOGIN, {"login": email}, **extra)


def mails(kind="account_login_code"):
    return Notification.objects.filter(kind=kind).order_by("pk")


def newest_code():
    return mails().last().subject.split()[0]


def wrong_code():
    """A code that is certainly not the one in the mail."""
    return "222222" if mails().exists() and newest_code() == "111111" else "111111"


def fill_in(client, code, **extra):
    return client.post(CODE, {"code": code}, **extra)


def sign_in(client, email):
    ask_for_code(client, email)
    return fill_in(client, newest_code())


def is_signed_in(client):
    return client.get(reverse("usersessions_list")).status_code == 200


def from_network(address, **cookies):
    """A new browser behind the proxy, at that address of the internet."""
    browser = Client(headers={"x-forwarded-for": address})
    browser.cookies.load(cookies)
    return browser


def may_ask(browser, email):
    """Whether a code is sent; the browser then waits for it."""
    return ask_for_code(browser, email).status_code == 302
