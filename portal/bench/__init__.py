"""How long pages take, beside a page that does nothing on the same server: `make bench`.

To measure something more, add a function with `@case` to `cases`.
"""
