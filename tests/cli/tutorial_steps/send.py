import smtplib


def send_all(invoices, mailer=smtplib.SMTP):
    with mailer("localhost") as mail:
        for invoice in invoices:
            mail.send_message(invoice.message())
