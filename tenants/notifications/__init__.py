"""How tenants are told things: a row in the outbox first, a message out of it later.

Others use `outbox.Message` and `outbox.post`; `delivery` and `tasks` are for the workers.
"""
