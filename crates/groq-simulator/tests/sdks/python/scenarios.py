"""Plays scenarios with Groq's SDK for Python: all of them at once, each against a simulator of its
own. They come as JSON on standard input; one line of JSON per scenario goes out."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from groq import Groq


def stream(client, model, told):
    chunks = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Hello"}],
        stream=True,
    )
    for chunk in chunks:
        for choice in chunk.choices:
            told["text"] += choice.delta.content or ""
            told["finish_reason"] = choice.finish_reason or told["finish_reason"]
        if chunk.usage is not None:
            told["total_tokens"] = chunk.usage.total_tokens


def complete(client, model, told):
    completion = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Hello"}],
    )
    told["text"] = completion.choices[0].message.content
    told["finish_reason"] = completion.choices[0].finish_reason
    told["total_tokens"] = completion.usage.total_tokens


def models(client, _model, told):
    told["models"] = [model.id for model in client.models.list().data]


ASK = {"stream": stream, "complete": complete, "models": models}


def play(scenario):
    told = {
        "name": scenario["name"],
        "text": "",
        "finish_reason": None,
        "total_tokens": None,
        "models": [],
        "error": None,
    }
    started = time.monotonic()
    try:
        with Groq(api_key="gsk_test", base_url=scenario["base_url"]) as client:
            ASK[scenario["ask"]](client, scenario["model"], told)
    except Exception as error:
        kind = type(error)
        package = kind.__module__.split(".")[0]
        told["error"] = {
            "kind": f"{package}.{kind.__name__}",
            "status": getattr(error, "status_code", None),
            "message": str(error),
            "body": getattr(error, "body", None),
        }
    told["seconds"] = time.monotonic() - started
    return told


scenarios = json.load(sys.stdin)
with ThreadPoolExecutor(max_workers=len(scenarios)) as pool:
    for told in pool.map(play, scenarios):
        print(json.dumps(told))
