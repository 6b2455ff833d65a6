"""Whose words a body holds: the reply, quotations, forwarded mails, closings; mail that no person wrote."""
