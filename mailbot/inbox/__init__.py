"""RECEIVE: an IMAP mailbox's messages, whole and raw, into the store. Nothing is decoded here."""
