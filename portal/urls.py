"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from . import views

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth's docs put it
admin.site.password_change_done = views.no_passwords  # type: ignore[method-assign,assignment]  # nobody has a password
admin.site.password_change = views.no_passwords  # type: ignore[method-assign,assignment]  # nobody has a password

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("requests.urls")),
    path("account/", include("tenants.urls")),
    path("toegang/", include("tenants.preference_urls")),
    path("admin/", views.work),
    path("admin/", admin.site.urls),
    path("taal/", views.choose_language, name="set_language"),
    path("thema.css", views.theme, name="theme"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("health/", views.health, name="health"),
]
if settings.DEMO:
    urlpatterns.append(path("", include("portal.demo.urls")))

handler400 = "portal.views.bad_request"
handler500 = "portal.views.server_error"
