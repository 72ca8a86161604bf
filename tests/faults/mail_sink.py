"""A mail server that does as it is told: for each address, and as a whole."""

import asyncio
import socket
import threading
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy

from aiosmtpd.controller import Controller

from portal.local.processes import free_port

OK = "250 taken"
SILENCE = 40  # seconds: longer than anybody should wait


@dataclass(frozen=True)
class Taken:
    """One mail that the sink said 250 to; `sender` is what the program called itself that brought it."""

    recipient: str
    mail: EmailMessage
    sender: str = ""

    @property
    def message_id(self):
        return self.mail["Message-ID"]

    @property
    def text(self):
        return self.mail["Subject"], self.mail.get_body(("plain",)).get_content()


class Sink:
    """Takes mail, or answers an address as `answers` says: each answer once, the last one for good.

    An answer is what follows RCPT ("450 later", "550 no such box"), or "data …" for what follows the mail
    itself, or "silent", "drip" (a byte a second) or "drop" (the line goes dead).
    """

    def __init__(self):
        self.forget()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()
        self.port = self.controller.port

    def forget(self):
        self.taken, self.answers, self.asked = [], {}, defaultdict(list)
        self.takes = 0  # seconds for a mail

    def copies(self):
        """How often each Message-ID was taken. No property: aiosmtpd reads those of its handler for each mail."""
        return Counter(each.message_id for each in self.taken)

    def repeated_for(self):
        """How often each program brought a mail that another had to bring again."""
        last = {each.message_id: each for each in self.taken}
        return Counter(each.sender for each in self.taken if last[each.message_id] is not each)

    def close(self):
        self.controller.stop()

    def _answer(self, address):
        answers = self.answers.get(address)
        if not answers:
            return OK
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self._answer(address)
        self.asked[address].append(answer)
        envelope.answer_to_data = answer.removeprefix("data ") if answer.startswith("data ") else OK
        if answer == "silent":
            await asyncio.sleep(SILENCE)
        if answer == "drip":
            await drip(server._writer)
        if answer == "drop":
            server.transport.abort()
        if answer[0].isdigit() and answer != OK:
            return answer
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.takes)
        if envelope.answer_to_data == OK:
            mail = message_from_bytes(envelope.content, policy=default_policy)
            self.taken += [Taken(recipient, mail, session.host_name) for recipient in envelope.rcpt_tos]
        return envelope.answer_to_data


async def drip(writer):
    with suppress(ConnectionError):
        for letter in ("250-" + "very slow " * SILENCE)[:SILENCE]:
            writer.write(letter.encode())
            await writer.drain()
            await asyncio.sleep(1)


class Door:
    """The port that workers know. It leads to the sink, or is "shut" (refused), "silent", "drip" or "busy" (421)."""

    def __init__(self, sink):
        self.sink, self.mood, self.port = sink, "open", free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = None
        self.set("open")

    def set(self, mood):
        self.mood = mood
        self._do(self._listen(mood != "shut"))

    def close(self):
        self._do(self._listen(False))
        self._do(self._stop_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what):
        asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=10)

    async def _listen(self, wanted):
        if wanted and self._server is None:
            self._server = await asyncio.start_server(self._come_in, "127.0.0.1", self.port, backlog=256)
        elif not wanted and self._server is not None:
            self._server.close()
            self._server = None

    async def _stop_all(self):
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _come_in(self, reader, writer):
        with suppress(OSError, asyncio.CancelledError):
            if self.mood == "open":
                await self._lead_on(reader, writer)
            elif self.mood == "busy":
                writer.write(b"421 too busy\r\n")
                await writer.drain()
            elif self.mood == "drip":
                await drip(writer)
            else:
                await asyncio.sleep(SILENCE)
        writer.close()

    async def _lead_on(self, reader, writer):
        sink_reader, sink_writer = await asyncio.open_connection("127.0.0.1", self.sink.port)
        for line in (writer, sink_writer):
            line.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.gather(_pour(reader, sink_writer), _pour(sink_reader, writer))
        finally:
            sink_writer.close()


async def _pour(source, target):
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()
