"""Addresses of reports, requests, answers and dashboards."""

from django.urls import path

from .views import answer, asking, dashboard, ended, mine, next_steps, photos, proof, report, safety, where

app_name = "requests"

urlpatterns = [
    path("nood/", safety.emergency, name="emergency"),
    path("nood/<slug:key>/", safety.emergency_steps, name="emergency_steps"),
    path("melden/", safety.report, name="report"),
    path("melden/nood/<slug:key>/", safety.danger, name="danger"),
    path("melden/<uuid:key>/weggooien/", safety.throw_away, name="throw_away"),
    path("melden/<uuid:key>/woning/", where.home, name="report_home"),
    path("melden/<uuid:key>/plek/", where.place, name="report_place"),
    path("melden/<uuid:key>/zoeken/", where.find, name="report_search"),
    path("melden/<uuid:key>/gebouw/", where.area, name="report_area"),
    path("melden/<uuid:key>/onderdeel/", where.thing, name="report_thing"),
    path("melden/<uuid:key>/probleem/", where.problem, name="report_problem"),
    path("melden/<uuid:key>/bellen/<str:problem>/", where.call, name="report_call"),
    path("melden/<uuid:key>/vragen/", asking.details, name="report_details"),
    path("melden/<uuid:key>/al-bekend/", asking.known_already, name="report_known"),
    path("melden/<uuid:key>/zelf-proberen/", asking.help_yourself, name="report_help"),
    path("melden/<uuid:key>/kosten/", asking.costs, name="report_costs"),
    path("melden/<uuid:key>/uitleg/", report.words, name="report_words"),
    path("melden/<uuid:key>/controleren/", report.check, name="report_check"),
    path("melden/<uuid:key>/klaar/", ended.ended, name="report_ended"),
    path("melden/<uuid:key>/toch-melden/", ended.resume, name="report_resume"),
    path("meldingen/", mine.mine, name="mine"),
    path("meldingen/<str:reference>/", mine.detail, name="detail"),
    path("meldingen/<str:reference>/verstuurd/", report.sent, name="sent"),
    path("meldingen/<str:reference>/bewijs/", proof.proof, name="proof"),
    path("meldingen/<str:reference>/bewijs.pdf", proof.proof_pdf, name="proof_pdf"),
    path("meldingen/<str:reference>/bericht/", mine.write, name="write"),
    path("meldingen/<str:reference>/intrekken/", mine.withdraw, name="withdraw"),
    path("meldingen/<str:reference>/opgelost/", mine.verdict, name="verdict_here"),
    path("meldingen/<str:reference>/cijfer/", mine.mark, name="mark_here"),
    path("meldingen/<str:reference>/verder/", next_steps.overview, name="next_steps"),
    path("meldingen/<str:reference>/verder/<slug:where>/", next_steps.letter, name="next_step"),
    path("meldingen/<str:reference>/verder/<slug:where>.pdf", next_steps.letter_pdf, name="next_step_pdf"),
    path("foto/<uuid:pk>/", photos.photo, name="photo"),
    path("foto/<uuid:pk>/klein/", photos.thumbnail, name="thumbnail"),
    path("antwoord/<str:token>/", answer.verdict, name="answer"),
    path("cijfer/<str:token>/", answer.mark, name="mark"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
