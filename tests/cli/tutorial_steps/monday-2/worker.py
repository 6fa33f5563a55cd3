from outbox import open_outbox


def deliver(send, box=None):
    box = box or open_outbox()
    pending = box.execute("select invoice, body from outbox where state = 'pending'").fetchall()
    for invoice, body in pending:
        send(body)
        with box:
            box.execute("update outbox set state = 'sent' where invoice = ?", (invoice,))
