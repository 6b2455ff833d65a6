"""What a competent developer writes in an afternoon: imap-tools, pandas with openpyxl, SQLAlchemy's ORM. A yardstick.

    python naive.py HOST PORT USER PASSWORD FOLDER DATABASE_URL CA_FILE

Polls once; every reply with an .xlsx becomes rows, each in a transaction of its own. Prints seconds and counts as JSON.
It stands alone, and runs in a venv of its own.
"""

from __future__ import annotations

import io
import json
import ssl
import sys
import time

import pandas as pd
from imap_tools import MailBox
from sqlalchemy import JSON, ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map = {dict: JSON}  # noqa: RUF012 - SQLAlchemy's own way to say it


class Reply(Base):
    __tablename__ = "reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    subject: Mapped[str]
    rows: Mapped[list[Row]] = relationship(back_populates="reply")


class Row(Base):
    __tablename__ = "row"
    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("reply.id"))
    file: Mapped[str]
    position: Mapped[int]
    data: Mapped[dict]
    reply: Mapped[Reply] = relationship(back_populates="rows")


def main(host, port, user, password, folder, url, ca):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    begun, cpu, mails, rows = time.perf_counter(), time.process_time(), 0, 0
    context = ssl.create_default_context(cafile=ca)
    with MailBox(host, int(port), ssl_context=context).login_utf8(user, password, None) as box:
        box.folder.set(folder)
        for message in box.fetch("ALL", mark_seen=False):
            with Session(engine) as session:
                reply = Reply(
                    uid=message.uid,
                    message_id=message.headers["message-id"][0],
                    sender=message.from_,
                    subject=message.subject,
                )
                session.add(reply)
                for attachment in message.attachments:
                    if attachment.filename.lower().endswith(".xlsx"):
                        frame = pd.read_excel(io.BytesIO(attachment.payload), engine="openpyxl")
                        for n, data in enumerate(json.loads(frame.to_json(orient="records", force_ascii=False))):
                            session.add(Row(reply=reply, file=attachment.filename, position=n, data=data))
                            rows += 1
                session.commit()
            mails += 1
    wall, used = time.perf_counter() - begun, time.process_time() - cpu
    print(json.dumps({"messages": mails, "rows": rows, "wall": wall, "cpu": used}))  # noqa: T201 - a script's output


if __name__ == "__main__":
    main(*sys.argv[1:8])
