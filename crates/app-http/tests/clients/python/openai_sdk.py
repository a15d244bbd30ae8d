"""The OpenAI SDK's reader of streams, with its types of events. It tells nothing of ids.

It accepts JSON even where a stream is wanted, so the address says what is.
"""

from typing import Any, cast

from openai import OpenAI, Stream
from openai.types.responses import ResponseStreamEvent

from reading import Shown, read_all


def read(base_url, path, token):
    shown = Shown()
    client = OpenAI(base_url=base_url, api_key=token, max_retries=0)
    events = client.get(
        path + "?stream=true",
        cast_to=cast(Any, ResponseStreamEvent),
        stream=True,
        stream_cls=Stream[ResponseStreamEvent],
    )
    for event in events:
        shown.take(event.type, event.to_json(), None)
    return shown.stopped_by("end")


read_all(read)
