"""Reads the answer to a ticket with httpx."""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
from httpx_sse import EventSource

# Not even a heartbeat, which comes every 15 s: the connection is dead.
SILENCE_SECONDS = 45.0


@dataclass
class Shown:
    """What to show in place of whatever was shown before."""

    text: str
    # How the answer ended; None while it is written.
    ending: dict | None = None


class Refusal(Exception):
    """The server refused, and asking again would not help."""


def take(text: str, name: str, data: dict) -> Shown | None:
    """One event makes what to show out of what is shown; None changes nothing."""
    match name:
        case "response.created" | "response.restarted":
            return Shown("")
        case "response.output_text.delta":
            return Shown(text + data["delta"])
        case "response.snapshot":
            return Shown(data["text"])
        case "response.completed":
            return Shown(data["response"]["output_text"], data["response"])
        case "response.incomplete" | "response.cancelled" | "response.failed":
            return Shown(text, data["response"])
        case _:  # more kinds may be added
            return None


def read_answer(client: httpx.Client, ticket_id: str, token: Callable[[], str]) -> Iterator[Shown]:
    """What to show, again and again until the answer has ended.

    A connection that breaks is made anew and continues where it broke. `token` gives an access
    token that is good, renewing it when it has to.
    """
    text = ""
    last_event_id = ""
    pause = 1.5
    while True:
        wait = None
        timeout = httpx.Timeout(10.0, read=SILENCE_SECONDS)
        address = f"/tickets/{ticket_id}/ai-response"
        try:
            headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token()}"}
            if last_event_id:
                headers["Last-Event-ID"] = last_event_id
            with client.stream("GET", address, headers=headers, timeout=timeout) as response:
                if response.status_code == 204:
                    return  # there is nothing, or nothing more
                if response.is_error:
                    wait = seconds_to_wait(response)
                    raise httpx.TransportError("later")
                for event in EventSource(response).iter_sse():
                    data = json.loads(event.data)
                    shown = take(text, event.event, data)
                    if shown:
                        text = shown.text
                        yield shown
                        if shown.ending:
                            return
                    last_event_id = event.id or last_event_id
                    if event.retry is not None:
                        pause = event.retry / 1000
                    if event.event == "stream.closing" and data["reason"] == "access_lost":
                        raise Refusal("the session is over, or the ticket is not yours any more")
        except httpx.TransportError:
            pass  # the connection broke, or was never made
        # Not all readers at once, when a server comes back.
        time.sleep((pause if wait is None else wait) * random.uniform(1.0, 1.5))


def seconds_to_wait(response: httpx.Response) -> float:
    """How long to wait before asking again."""
    response.read()
    if response.status_code != 429 and response.status_code < 500:
        raise Refusal(response.text)
    return float(response.headers.get("Retry-After", 2))
