"""What all of the Python clients' scripts share.

They are told what to read by one argument, say on standard error what they show after each event,
and in the end all of it on standard output, as JSON.
"""

import json
import sys


class Shown:
    def __init__(self):
        self.text = ""
        self.events = []
        self.last_id = None
        self.stored_text = None

    def take(self, name, data, event_id):
        event = json.loads(data)
        if event["type"] != name:
            raise ValueError(f"{name} carries {data}")
        if name == "response.output_text.delta":
            self.text += event["delta"]
        elif name == "response.snapshot":
            self.text = event["text"]
        elif name == "response.restarted":
            self.text = ""
        elif name == "response.completed":
            self.stored_text = event["response"]["output_text"]
        self.events.append(name)
        self.last_id = event_id
        print(json.dumps({"shown": self.text}), file=sys.stderr, flush=True)

    def stopped_by(self, reason):
        return {**vars(self), "stopped_by": reason}


def read_all(read):
    """Reads one stream after the other; `read` gives what it has shown."""
    request = json.loads(sys.argv[1])
    told = [
        read(request["base_url"], reading["path"], reading["token"])
        for reading in request["readings"]
    ]
    json.dump(told, sys.stdout)
