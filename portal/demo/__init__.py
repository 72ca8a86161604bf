"""A synthetic corporation, "Woonstichting De Linde": people, homes and two years of requests that belong to nobody.

`corporation.build` fills an empty database; the same seed and instant give the same rows. Only the demo and
measurements use it.
"""
