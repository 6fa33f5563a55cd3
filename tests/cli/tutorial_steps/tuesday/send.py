from email.message import EmailMessage

from outbox import open_outbox, put


def message(invoice):
    mail = EmailMessage()
    mail["Message-ID"] = f"<{invoice.number}@invoices.example.com>"
    mail.set_content(invoice.text)
    return mail


def send_all(invoices):
    box = open_outbox()
    for invoice in invoices:
        put(box, invoice.number, message(invoice).as_bytes())
