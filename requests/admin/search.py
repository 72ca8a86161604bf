"""Find a request as people say it on the phone: by number, address, postcode, telephone number or name."""

import re

from django.db.models import Q, QuerySet

from dwellings.models import CommunalArea, Dwelling
from tenants.models import Tenant

from ..models import Report, ServiceRequest
from ..models.service_request import ServiceRequestQuerySet

PHONE = re.compile(r"(?:\+|0)[\d\s()./-]{8,}")
REFERENCE = re.compile(r"(?P<year>\d{4})-(?P<number>\d{1,8})")
POSTCODE = re.compile(r"(?P<digits>\d{4})(?:\s?(?P<letters>[A-Za-z]{2})(?:\s+(?P<number>\d\S*))?)?")
STREET_AND_NUMBER = re.compile(r"(?P<street>.*\D)\s+(?P<number>\d\S*)")


def find(requests: ServiceRequestQuerySet, term: str) -> ServiceRequestQuerySet:
    """The requests that `term` may mean. Looks in the small tables first, so that no million rows are read."""
    term = " ".join(term.split())
    if PHONE.fullmatch(term):
        callers = Tenant.objects.with_phone(term)
        return requests.filter(pk__in=Report.objects.filter(tenant__in=callers).order_by().values("service_request_id"))
    if match := REFERENCE.fullmatch(term):
        return requests.filter(reference=f"{match['year']}-{int(match['number']):06d}")
    if match := POSTCODE.fullmatch(term):
        return requests.filter(dwelling__in=by_postcode(match["digits"], match["letters"], match["number"]))
    in_homes = ServiceRequest.objects.filter(dwelling__in=by_street(term))
    in_areas = ServiceRequest.objects.filter(
        communal_area__in=CommunalArea.objects.filter(complex__name__icontains=term)
    )
    by_people = Report.objects.filter(tenant__in=Tenant.objects.filter(name__icontains=term))
    return requests.filter(
        pk__in=in_homes.order_by()
        .values("pk")
        .union(in_areas.order_by().values("pk"), by_people.order_by().values("service_request_id"))
    )


def by_postcode(digits: str, letters: str | None, number: str | None) -> QuerySet[Dwelling]:
    if letters is None:  # a range and no LIKE, which a linguistic collation cannot take from the index
        return Dwelling.objects.filter(postcode__gte=digits, postcode__lte=f"{digits}ZZ")
    letters = letters.upper()
    homes = Dwelling.objects.filter(postcode__in=[f"{digits} {letters}", f"{digits}{letters}"])
    return homes.filter(house_number__iexact=number) if number else homes


def by_street(term: str) -> QuerySet[Dwelling]:
    whole = Q(street__icontains=term)
    if match := STREET_AND_NUMBER.fullmatch(term):
        whole |= Q(street__icontains=match["street"].strip(), house_number__iexact=match["number"])
    return Dwelling.objects.filter(whole)
