"""RECEIVE: IMAP inbox to raw messages in the store. Decodes nothing."""
