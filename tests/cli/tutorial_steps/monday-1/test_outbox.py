import unittest

from outbox import open_outbox, put


class OutboxTest(unittest.TestCase):
    def test_an_invoice_is_put_in_once(self):
        box = open_outbox(":memory:")
        put(box, "2026-11-001", b"dear customer")
        put(box, "2026-11-001", b"dear customer")
        self.assertEqual(box.execute("select count(*) from outbox").fetchone(), (1,))


if __name__ == "__main__":
    unittest.main()
