"""Addresses of what tenants say about themselves."""

from django.urls import path

from . import views

app_name = "tenants"

urlpatterns = [path("", views.access, name="access")]
