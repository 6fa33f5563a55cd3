import sqlite3

SCHEMA = """
create table if not exists outbox (
    invoice text primary key,
    state   text not null default 'pending',
    body    blob not null
)
"""


def open_outbox(path="outbox.db"):
    box = sqlite3.connect(path)
    box.execute(SCHEMA)
    return box


def put(box, invoice, body):
    with box:
        box.execute("insert or ignore into outbox (invoice, body) values (?, ?)", (invoice, body))
