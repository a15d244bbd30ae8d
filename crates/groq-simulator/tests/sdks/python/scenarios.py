"""Plays scenarios with Groq's SDK for Python: all of them at once, each against a simulator of its
own. They come as JSON on standard input; what the SDK made of each goes out as one JSON array."""

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from groq import AsyncGroq, Groq

MESSAGES = [{"role": "user", "content": "Hello"}]


def take(chunk, told):
    told["chunks"] += 1
    for choice in chunk.choices or []:
        told["text"] += choice.delta.content or ""
        told["finish_reason"] = choice.finish_reason or told["finish_reason"]
    if chunk.usage is not None:
        told["total_tokens"] = chunk.usage.total_tokens
    told["service_tier"] = getattr(chunk, "service_tier", None)


def stream(options, model, told, **more):
    with Groq(**options) as client:
        chunks = client.chat.completions.create(
            model=model, messages=MESSAGES, stream=True, **more
        )
        for chunk in chunks:
            take(chunk, told)


def stream_with_usage(options, model, told):
    # The SDK knows no `stream_options`.
    more = {"stream_options": {"include_usage": True}}
    stream(options, model, told, extra_body=more)


def stream_asynchronously(options, model, told):
    async def read():
        async with AsyncGroq(**options) as client:
            chunks = await client.chat.completions.create(
                model=model, messages=MESSAGES, stream=True
            )
            async for chunk in chunks:
                take(chunk, told)

    asyncio.run(read())


def complete(options, model, told):
    with Groq(**options) as client:
        completion = client.chat.completions.create(model=model, messages=MESSAGES)
    told["text"] = completion.choices[0].message.content
    told["finish_reason"] = completion.choices[0].finish_reason
    told["total_tokens"] = completion.usage.total_tokens


def models(options, _model, told):
    with Groq(**options) as client:
        told["models"] = [model.id for model in client.models.list().data]


ASK = {
    "stream": stream,
    "stream with usage": stream_with_usage,
    "stream asynchronously": stream_asynchronously,
    "complete": complete,
    "models": models,
}


def play(scenario):
    told = {
        "name": scenario["name"],
        "text": "",
        "chunks": 0,
        "finish_reason": None,
        "total_tokens": None,
        "service_tier": None,
        "models": [],
        "error": None,
    }
    options = {"api_key": "gsk_test", "base_url": scenario["base_url"]}
    if scenario["timeout"] is not None:
        options["timeout"] = scenario["timeout"]
    try:
        ASK[scenario["ask"]](options, scenario["model"], told)
    except Exception as error:
        kind = type(error)
        package = kind.__module__.split(".")[0]
        told["error"] = {
            "kind": f"{package}.{kind.__name__}",
            "status": getattr(error, "status_code", None),
            "message": str(error),
            "body": getattr(error, "body", None),
        }
    return told


scenarios = json.load(sys.stdin)
with ThreadPoolExecutor(max_workers=len(scenarios)) as pool:
    json.dump(list(pool.map(play, scenarios)), sys.stdout)
