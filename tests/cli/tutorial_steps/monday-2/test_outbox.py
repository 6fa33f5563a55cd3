import unittest

from outbox import open_outbox, put
from worker import deliver


class OutboxTest(unittest.TestCase):
    def test_an_invoice_is_put_in_once(self):
        box = open_outbox(":memory:")
        put(box, "2026-11-001", b"dear customer")
        put(box, "2026-11-001", b"dear customer")
        self.assertEqual(box.execute("select count(*) from outbox").fetchone(), (1,))

    def test_what_was_sent_is_not_sent_again(self):
        box = open_outbox(":memory:")
        put(box, "2026-11-001", b"dear customer")
        sent = []
        deliver(sent.append, box)
        deliver(sent.append, box)
        self.assertEqual(len(sent), 1)


if __name__ == "__main__":
    unittest.main()
