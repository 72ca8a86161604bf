"""Addresses of reports, requests, answers and dashboards."""

from django.urls import path

from .views import answer, dashboard, mine, photos, report

app_name = "requests"

urlpatterns = [
    path("melden/", report.report, name="report"),
    path("melden/<uuid:key>/woning/", report.home, name="report_home"),
    path("melden/<uuid:key>/plek/", report.place, name="report_place"),
    path("melden/<uuid:key>/probleem/", report.problem, name="report_problem"),
    path("melden/<uuid:key>/bellen/<str:problem>/", report.call, name="report_call"),
    path("melden/<uuid:key>/uitleg/", report.words, name="report_words"),
    path("melden/<uuid:key>/controleren/", report.check, name="report_check"),
    path("meldingen/", mine.mine, name="mine"),
    path("meldingen/<str:reference>/", mine.detail, name="detail"),
    path("meldingen/<str:reference>/verstuurd/", report.sent, name="sent"),
    path("meldingen/<str:reference>/bericht/", mine.write, name="write"),
    path("meldingen/<str:reference>/intrekken/", mine.withdraw, name="withdraw"),
    path("meldingen/<str:reference>/opgelost/", mine.verdict, name="verdict_here"),
    path("meldingen/<str:reference>/cijfer/", mine.mark, name="mark_here"),
    path("foto/<uuid:pk>/", photos.photo, name="photo"),
    path("foto/<uuid:pk>/klein/", photos.thumbnail, name="thumbnail"),
    path("antwoord/<str:token>/", answer.verdict, name="answer"),
    path("cijfer/<str:token>/", answer.mark, name="mark"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
