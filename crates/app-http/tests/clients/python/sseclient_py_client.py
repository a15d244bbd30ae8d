"""sseclient-py over requests."""

import requests
import sseclient

from reading import Shown, read_all


def read(base_url, path, token):
    shown = Shown()
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
    with requests.get(base_url + path, headers=headers, stream=True, timeout=30) as response:
        response.raise_for_status()
        for event in sseclient.SSEClient(response).events():
            shown.take(event.event, event.data, event.id)
    return shown.stopped_by("end")


read_all(read)
