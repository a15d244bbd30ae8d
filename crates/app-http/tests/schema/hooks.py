"""Signs in for the operations under test, so that none of them can shut the others out."""

import json
import os
import secrets

import jsonschema_rs
import requests
import schemathesis

BASE = os.environ["SCHEMA_BASE_URL"]
ACCOUNT = {"email": os.environ["SCHEMA_EMAIL"], "password": os.environ["SCHEMA_PASSWORD"]}
# Whatever is generated, nobody disables or demotes themselves.
KEPT = os.environ["SCHEMA_USER_ID"]

# These end the session or change the password of whoever asks: each call gets an account of its own.
USE_UP_THEIR_ACCOUNT = {"log_out", "change_password"}


def access_token(account):
    answer = requests.post(f"{BASE}/auth/login", json=account, timeout=30)
    answer.raise_for_status()
    return answer.json()["access_token"]


def passing_account():
    account = {"email": f"{secrets.token_hex(12)}@example.com", "password": ACCOUNT["password"]}
    requests.post(f"{BASE}/auth/signup", json=account, timeout=30).raise_for_status()
    return account


def uses_up_its_account(context):
    return context.operation.definition.raw.get("operationId") in USE_UP_THEIR_ACCOUNT


@schemathesis.auth(refresh_interval=300).skip_for(func=uses_up_its_account)
class LastingToken:
    def get(self, case, context):
        return access_token(ACCOUNT)

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.auth(refresh_interval=None).apply_to(func=uses_up_its_account)
class PassingToken(LastingToken):
    def get(self, case, context):
        return access_token(passing_account())


@schemathesis.check
def events_are_as_documented(context, response, case):
    """What schemathesis leaves alone: the JSON within the data of an event."""
    if case.operation.definition.raw.get("operationId") != "stream_ai_response":
        return
    if not response.headers.get("content-type", [""])[0].startswith("text/event-stream"):
        return
    document = case.operation.schema.raw_schema
    schema = {"$ref": "#/components/schemas/StreamEvent", "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    lines = response.text.splitlines()
    frames = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert frames, "a stream without events"
    for frame in frames:
        validator.validate(json.loads(frame))


@schemathesis.check
def refusals_name_what_does_not_fit(context, response, case):
    """Beside the shape of a problem, which schemathesis compares itself."""
    if response.status_code == 422:
        problem = response.json()
        if problem["code"] == "validation_failed":
            assert problem["errors"], problem
            for error in problem["errors"]:
                # The whole body has no name, and a parameter's may be empty.
                nameless = "body" in error["message"] or "``" in error["message"]
                assert error["field"] or nameless, problem


@schemathesis.hook
def before_call(context, case, kwargs):
    parameters = case.path_parameters or {}
    if parameters.get("user_id") == KEPT:
        parameters["user_id"] = "00000000-0000-7000-8000-000000000000"
