"""httpx-sse, which leaves coming back to its users: here as its documentation recommends."""

import time

import httpx
from httpx_sse import connect_sse

from reading import Shown, read_all


def read(base_url, path, token):
    shown = Shown()
    headers = {"Authorization": f"Bearer {token}"}
    pause = 1.0
    # Every read has to end by itself; heartbeats come more often than this.
    with httpx.Client(timeout=30) as client:
        while True:
            try:
                with connect_sse(client, "GET", base_url + path, headers=dict(headers)) as source:
                    for event in source.iter_sse():
                        shown.take(event.event, event.data, event.id)
                        headers["Last-Event-ID"] = event.id
                        if event.retry is not None:
                            pause = event.retry / 1000
                return shown.stopped_by("end")
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                time.sleep(pause)


read_all(read)
