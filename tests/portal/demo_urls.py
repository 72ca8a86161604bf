"""The addresses of the portal as they are in the demo."""

from django.urls import include, path

from portal.urls import urlpatterns as everywhere

urlpatterns = [*everywhere, path("", include("portal.demo.urls"))]
