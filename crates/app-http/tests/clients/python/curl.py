"""curl, read by somebody who knows nothing of the format but its lines of ids and data."""

import json
import subprocess

from reading import Shown, read_all


def read(base_url, path, token):
    shown = Shown()
    command = ["curl", "-N", "--silent", "--show-error", "--fail", "--compressed"]
    headers = ["--header", f"Authorization: Bearer {token}"]
    with subprocess.Popen([*command, *headers, base_url + path], stdout=subprocess.PIPE) as curl:
        event_id = None
        for line in curl.stdout:
            # Splits at characters that JSON leaves raw, too, as many do.
            for part in line.decode().splitlines():
                if part.startswith("id: "):
                    event_id = part.removeprefix("id: ")
                elif part.startswith("data: "):
                    data = part.removeprefix("data: ")
                    shown.take(json.loads(data)["type"], data, event_id)
    if curl.returncode != 0:
        raise RuntimeError(f"curl ended with {curl.returncode}")
    return shown.stopped_by("end")


read_all(read)
