"""What several walks do alike."""

SENT = "Uw melding is verstuurd"


def begin(walker):
    walker.open("/")
    walker.tap("Reparatie melden")
    walker.tap("Nee, geen gevaar")


def finish(walker, words, *, said=SENT):
    walker.type(words, into="In uw eigen woorden")
    walker.tap("Versturen")
    assert said in walker.said


def fields(row, *names):
    return {name: getattr(row, name) for name in names}
