"""Asks a question and shows the answer while it is written.

    pip install -r requirements.txt
    python ask.py "How do I reset my password?"

API is the server's address, EMAIL and PASSWORD the customer's; without them a new one is made.
"""

import os
import sys
import time
import uuid

import httpx

from answer import read_answer

client = httpx.Client(base_url=os.environ.get("API", "http://127.0.0.1:8080"))


def call(path: str, body: dict, **headers: str) -> dict:
    answer = client.post(path, json=body, headers=headers)
    if answer.is_error:
        sys.exit(answer.text)
    return answer.json()


class Session:
    """Renews the access token a minute before it expires. A refresh token works once."""

    def __init__(self, account: dict) -> None:
        self.take(call("/auth/login", account))

    def take(self, tokens: dict) -> None:
        self.tokens = tokens
        self.renew_at = time.monotonic() + tokens["expires_in"] - 60

    def token(self) -> str:
        if time.monotonic() > self.renew_at:
            self.take(call("/auth/refresh", {"refresh_token": self.tokens["refresh_token"]}))
        return self.tokens["access_token"]


def main(question: str) -> None:
    account = {
        "email": os.environ.get("EMAIL", f"customer-{uuid.uuid4()}@example.com"),
        "password": os.environ.get("PASSWORD", "correct horse battery"),
    }
    if "EMAIL" not in os.environ:
        call("/auth/signup", account)
    session = Session(account)
    # The key makes a second copy of the request harmless, should the first one's answer be lost.
    headers = {"Authorization": f"Bearer {session.token()}", "Idempotency-Key": str(uuid.uuid4())}
    ticket = call("/tickets", {"title": question[:120], "description": question}, **headers)

    printed = ""
    for shown in read_answer(client, ticket["id"], session.token):
        if shown.text.startswith(printed):
            show(shown.text[len(printed) :])
        else:
            show(f"\n--- once more ---\n{shown.text}")
        printed = shown.text
        ending = shown.ending or {}
        if ending and ending["status"] != "completed":
            show(f"\n{ending['status']}: {(ending.get('error') or {}).get('message', '')}")
        for source in ending.get("sources") or []:
            told = filter(None, (source["title"], source["heading"], source["url"]))
            show(f"\n[{source['number']}] {', '.join(told)}")
    show("\n")


def show(text: str) -> None:
    print(text, end="", flush=True)


if len(sys.argv) < 2:
    sys.exit("what do you want to ask?")
main(sys.argv[1])
