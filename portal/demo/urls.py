"""Addresses that exist only in the demo."""

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("demo/aanmelden/<str:role>/", views.sign_in, name="sign_in"),
    path("demo/berichten/", views.mailbox, name="mailbox"),
    path("demo/berichten/<str:key>/", views.letter, name="letter"),
    path("stijl/", views.style, name="style"),
]
