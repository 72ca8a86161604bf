"""The settings of the demo, with one page more: the empty one."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "portal.bench.urls"
