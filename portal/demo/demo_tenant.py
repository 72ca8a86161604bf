"""The tenant whom the demo signs in as: one home with a past, a parking place, and three things going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import Dwelling, Tenancy
from requests.models import Source, Verdict, Visit
from requests.promises import is_working_day
from requests.workflow import DECLINE, FINISH, PLAN, REVIEW, START, WAIT, Outcome, WaitingReason
from tenants.models import Tenant

from . import clockwork
from .case import Case
from .people import account
from .places import WITH_GARAGE, Place
from .stage import Stage

EMAIL, NAME = "huurder@demo.example", "Roos Korenbloemsma"


@dataclass(frozen=True)
class DemoTenant:
    tenant: Tenant
    home: Tenancy
    parking: Tenancy


def move_in(places: list[Place], *, today: date) -> DemoTenant:
    """Let the first home and the first parking place of the complex with the garage; unsaved rows."""
    place = next(place for place in places if place.complex.name == WITH_GARAGE)
    parking = next(unit for unit in place.dwellings if unit.kind == Dwelling.Kind.PARKING)
    tenant = Tenant(
        user=account(EMAIL, NAME), name=NAME, email=EMAIL, phone="06-55559901", wants_texts=True, birth_year=1984
    )
    home = Tenancy(tenant=tenant, dwelling=place.homes[0], period=DateRange(today - timedelta(days=2300), None))
    return DemoTenant(
        tenant, home, Tenancy(tenant=tenant, dwelling=parking, period=DateRange(today - timedelta(days=900), None))
    )


def going_on(who: DemoTenant, stage: Stage) -> list[Case]:
    """Three open requests: a visit is planned, we wait for parts, and is it solved?"""
    cases = [_visit_planned(who, stage), _parts_ordered(who, stage), _is_it_solved(who, stage)]
    for case in cases:
        case.wait_until(stage.at)
    return cases


def in_the_past(who: DemoTenant, stage: Stage) -> list[Case]:
    """Five closed ones, each ended in another way."""
    stories = (_heating_solved, _reopened, _own_job, _unanswered, _lift)
    cases = [story(who, stage) for story in stories]
    for case in cases:
        case.wait_until(stage.at)
    return cases


def _visit_planned(who: DemoTenant, stage: Stage) -> Case:
    text = "De afvoer onder het aanrecht lekt. Ik heb er een emmer onder gezet, maar het kastje is al nat."
    case = stage.open("kitchen_drain_leaks", at=stage.ago(2, 19, 42), text=text, tenancy=who.home)
    stage.photo(case, "tap")
    stage.staff(case, REVIEW, stage.ago(1, 8, 50), note="Bedankt voor de foto. Wij sturen een loodgieter.")
    case.assign(stage.planner, by=stage.planner, at=stage.ago(1, 8, 51))
    question = "Kan de vakman bellen als hij onderweg is? De bel doet het niet altijd."
    case.write_to_staff(who.tenant, question, at=stage.ago(1, 8, 56))
    answer = "Dat doen we. De vakman belt u ongeveer een half uur van tevoren."
    case.write_to_tenants(stage.planner, answer, at=stage.ago(1, 9, 6))
    day = timezone.localtime(stage.at).date() + timedelta(days=2)
    while not is_working_day(day):
        day += timedelta(days=1)
    stage.schedule(case, stage.ago(1, 9, 10), (clockwork.local(day, 10), clockwork.local(day, 12)))
    return case


def _parts_ordered(who: DemoTenant, stage: Stage) -> Case:
    text = "De afzuiging in de badkamer doet bijna niets. Na het douchen is alles een uur lang beslagen."
    case = stage.open("bathroom_extraction_weak", at=stage.ago(6, 8, 15), text=text, tenancy=who.home)
    stage.staff(case, PLAN, stage.ago(6, 13, 40))
    visit = (stage.ago(3, 13), stage.ago(3, 15))
    stage.schedule(case, stage.ago(5, 10, 20), visit)
    stage.staff(case, START, stage.ago(3, 13, 25))
    note = "De motor van uw ventilatiebox is kapot. Wij hebben een nieuwe besteld. De levertijd is ongeveer een week."
    stage.staff(
        case, WAIT, stage.ago(3, 14, 5), waiting_reason=WaitingReason.PARTS, note=note, visit=Visit.Outcome.NOT_FINISHED
    )
    return case


def _is_it_solved(who: DemoTenant, stage: Stage) -> Case:
    text = "De radiator in de slaapkamer lekt bij de kraan. Er staat nu een bakje onder."
    case = stage.open("radiator_leaks", at=stage.ago(2, 8, 5), text=text, tenancy=who.home)
    stage.photo(case, "radiator")
    stage.schedule(case, stage.ago(2, 8, 40), (stage.ago(2, 15), stage.ago(2, 17)))
    stage.staff(case, START, stage.ago(2, 15, 20))
    stage.staff(case, FINISH, stage.ago(2, 16, 10), note="Nieuwe radiatorkraan geplaatst. De installatie is bijgevuld.")
    return case


def _heating_solved(who: DemoTenant, stage: Stage) -> Case:
    text = "De verwarming doet het niet. Op de ketel staat F28."
    case = stage.open("no_heating_cold", at=stage.ago(45, 7, 20), text=text, tenancy=who.home)
    stage.schedule(case, stage.ago(45, 8, 5), (stage.ago(45, 10), stage.ago(45, 12)))
    stage.staff(case, FINISH, stage.ago(45, 11, 20), note="Ontsteekpen vervangen, ketel brandt weer.")
    report = case.reports[0]
    case.answer(report, Verdict.Answer.SOLVED, at=stage.ago(45, 18, 30))
    case.mark(report, 9, "Binnen een dag opgelost. Heel blij mee!", at=stage.ago(45, 18, 32))
    return case


def _reopened(who: DemoTenant, stage: Stage) -> Case:
    text = "De wc blijft doorlopen na het spoelen."
    case = stage.open("toilet_runs_on", at=stage.ago(110, 9, 30), text=text, tenancy=who.home)
    stage.schedule(case, stage.ago(110, 14, 0), (stage.ago(108, 8), stage.ago(108, 10)))
    stage.staff(case, FINISH, stage.ago(108, 9, 10), note="Vlotter opnieuw ingesteld.")
    words = "Twee dagen ging het goed en nu loopt hij weer door."
    case.answer(case.reports[0], Verdict.Answer.NOT_SOLVED, words, at=stage.ago(106, 8, 45))
    note = "Wat vervelend. Onze vakman komt terug met een nieuw binnenwerk."
    stage.schedule(case, stage.ago(106, 9, 30), (stage.ago(105, 13), stage.ago(105, 15)), note=note)
    stage.staff(case, FINISH, stage.ago(105, 13, 50), note="Binnenwerk van de stortbak vernieuwd.", cause="SLT")
    case.answer(case.reports[0], Verdict.Answer.SOLVED, at=stage.ago(104, 19, 5))
    case.mark(case.reports[0], 6, "Het is opgelost. Het had wel in één keer gekund.", at=stage.ago(104, 19, 7))
    return case


def _own_job(who: DemoTenant, stage: Stage) -> Case:
    text = "Er staat 'laag water' op het schermpje van de cv."
    case = stage.open("boiler_pressure_low", at=stage.ago(160, 20, 12), text=text, tenancy=who.home)
    note = (
        "U kunt de ketel zelf bijvullen tot 1,5 à 2 bar. Zakt de druk steeds weer? Meld het dan opnieuw, dan komen wij."
    )
    stage.staff(case, DECLINE, stage.ago(159, 9, 25), outcome=Outcome.TENANT_JOB, note=note)
    return case


def _unanswered(who: DemoTenant, stage: Stage) -> Case:
    text = "De hendel van het slaapkamerraam draait rond, maar het raam gaat niet op slot."
    case = stage.open("window_does_not_close", at=stage.ago(230, 12, 5), text=text, tenancy=who.home)
    stage.staff(case, REVIEW, stage.ago(230, 15, 0))
    stage.schedule(case, stage.ago(229, 9, 0), (stage.ago(227, 10), stage.ago(227, 12)))
    stage.staff(case, FINISH, stage.ago(227, 11, 15), note="Raamsluiting vervangen, raam sluit goed aan.")
    return case


def _lift(who: DemoTenant, stage: Stage) -> Case:
    """A neighbour was first; we reported it as well."""
    neighbour = stage.household(WITH_GARAGE).tenancies[0]
    lift = stage.lift_of(WITH_GARAGE)
    case = stage.open("lift_stuck", at=stage.ago(135, 8, 10), tenancy=neighbour, area=lift)
    case.report(who.home, "Lift staat stil op de tweede verdieping.", at=stage.ago(135, 8, 40), source=Source.PORTAL)
    stage.schedule(case, stage.ago(135, 9, 0), (stage.ago(135, 10), stage.ago(135, 12)))
    stage.staff(case, FINISH, stage.ago(135, 11, 40), note="Deurcontact vervangen en een uur proefgedraaid.")
    for report in case.reports:
        case.answer(report, Verdict.Answer.SOLVED, at=stage.ago(134, 18, 0))
    return case
