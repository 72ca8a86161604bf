"""What several of these tests share."""

from requests.intake import archive, catalogue, exchange

WRITERS = [exchange.write_workbook, exchange.write_zip]


def faults_of(data):
    return [str(fault) for fault in exchange.read(data).faults]


def csv_zip(sheets, **instead):
    """As it is exported, but for these files."""
    files = archive.unpacked(exchange.write_zip(sheets))
    return archive.packed(files | {f"{name}.csv": content for name, content in instead.items()})


def csv_text(sheets, name):
    return archive.unpacked(exchange.write_zip(sheets))[f"{name}.csv"].decode("utf-8-sig")


SMALL = {write: write({name: rows[:1] for name, rows in catalogue.shipped_sheets().items()}) for write in WRITERS}
