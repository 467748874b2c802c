"""The hub deployed with SAM to an emulated AWS, driven from the webhook to the receiver.

Builds the functions, validates and deploys `infra/template.yaml`, starts the simulated outside, and checks that changes
arrive through API, Lambda, SQS and DynamoDB. Everything it starts listens on the loopback and ends with it.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = ROOT / "target" / "cloud"
FUNCTIONS = ["webhook", "timer", "ingest", "deliver", "provider"]
STACK = "skolbro-test"
# One call: installed later, the translator would move the emulator's own dependencies.
EMULATOR = ["ministack==1.5.33", "aws-sam-translator==1.115.0"]
TOOLS = ["aws-sam-cli==1.170.0", "cfn-lint==1.58.0", "boto3"]
# Each function holds every register's reader and every receiving system; unpacked, before zipping. It is here so that
# growth is noticed: a new kind of receiving system is about half a megabyte.
LARGEST_FUNCTION = 20 * 1024 * 1024
NEWEST_GLIBC = (2, 34)  # Amazon Linux 2023
PATIENCE = 180

# Somebody who reads what the hub provides.
READER = """
[[target]]
name = "reader"
kind = "ss12000-provider"
tokens = [{ env = "READER_TOKEN" }]
"""
READER_TOKEN = "a-readers-token-of-the-cloud-test"

children = []
results = []


def say(text):
    print(text, flush=True)


def check(name, holds, detail=""):
    results.append((name, bool(holds), detail))
    say(f"{'ok  ' if holds else 'FAIL'} {name}{': ' + str(detail) if detail != '' else ''}")


def run(command, **options):
    return subprocess.run([str(part) for part in command], check=True, text=True, **options)


def environment_of(name, packages):
    folder = WORK / name
    if not (folder / "installed").exists():
        venv.EnvBuilder(with_pip=True, clear=True).create(folder)
        run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *packages])
        (folder / "installed").write_text("\n".join(packages))
    return folder / "bin"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def build():
    # What is run here, and the simulation, which `.ci/run` plays afterwards; not what only measures.
    wanted = [argument for name in [*FUNCTIONS, "skolbro", "simulation"] for argument in ("--bin", name)]
    run(["cargo", "build", "--release", "--locked", "--workspace", *wanted], cwd=ROOT)
    for name in FUNCTIONS:
        binary = TARGET / "release" / name
        folder = ROOT / "target" / "lambda" / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(binary, folder / "bootstrap")
        size = binary.stat().st_size
        check(f"{name} is small enough", size <= LARGEST_FUNCTION, f"{size / 1e6:.1f} MB")
        symbols = run(["objdump", "-T", binary], capture_output=True).stdout
        versions = {tuple(map(int, it.split("."))) for it in re.findall(r"GLIBC_(\d+\.\d+)", symbols)}
        newest = max(versions)
        check(f"{name} runs on Amazon Linux 2023", newest <= NEWEST_GLIBC, "glibc " + ".".join(map(str, newest)))


def validate(tools, environment):
    template = ROOT / "infra/template.yaml"
    for name, command in {
        "sam validate --lint": [tools / "sam", "validate", "--lint", "--template-file", template],
        "cfn-lint": [tools / "cfn-lint", template],
    }.items():
        done = subprocess.run([str(it) for it in command], env=environment, text=True, capture_output=True)
        check(name, done.returncode == 0, "" if done.returncode == 0 else done.stdout + done.stderr)


def start(command, environment, log):
    output = open(WORK / log, "w")
    child = subprocess.Popen([str(part) for part in command], env=environment, stdout=output, stderr=output)
    children.append(child)
    return child


def start_outside():
    # Before the emulator: its Lambdas inherit the outside's secrets through the emulator's environment.
    command = [str(TARGET / "release" / "skolbro"), "outside", "--seed", "7", "--pupils", "60"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    children.append(child)
    return json.loads(child.stdout.readline())


def request(method, url, body=None, headers=None):
    data = body.encode() if isinstance(body, str) else body
    call = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(call, timeout=60) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def until(what, holds, patience=PATIENCE, instead=lambda: ""):
    """Waits, and says how long. `instead` tells what holds if it never does."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if holds():
            return time.monotonic() - began
        time.sleep(0.5)
    raise SystemExit(f"never: {what} {instead()}".rstrip())


def differences(outside):
    return json.loads(request("GET", outside["control"] + "/differences")[2])


def queue_depth(sqs, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    build()
    emulator = environment_of("emulator", EMULATOR)
    tools = environment_of("tools", TOOLS)
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    outside = start_outside()
    outside["environment"]["READER_TOKEN"] = READER_TOKEN
    aws = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "SAM_CLI_TELEMETRY": "0",
    }
    validate(tools, aws)
    start(
        [emulator / "ministack"],
        {**aws, **outside["environment"], "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)},
        "emulator.log",
    )
    until("the emulated AWS answers", lambda: answers(endpoint + "/_localstack/health"), 60)
    parameters = ["Architecture=x86_64", "DeletionProtection=false", "JobVisibilitySeconds=65", "MaxReceiveCount=2"]
    run(
        [tools / "sam", "deploy", "--template-file", ROOT / "infra/template.yaml", "--stack-name", STACK]
        + ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--parameter-overrides"]
        + parameters,
        env=aws,
    )
    drive(tools, aws, endpoint, outside)


def answers(url):
    try:
        return request("GET", url)[0] == 200
    except OSError:
        return False


def drive(tools, aws, endpoint, outside):
    os.environ.update({key: aws[key] for key in aws if key.startswith("AWS_")})
    sys.path.insert(0, str(next((tools.parent / "lib").glob("python*/site-packages"))))
    import boto3

    stacks = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    outputs = {it["OutputKey"]: it["OutputValue"] for it in stacks[0]["Outputs"]}
    sqs = boto3.client("sqs")
    for tenant in outside["tenants"]:
        if tenant["tenant"] == "demoskolan":
            with open(tenant["file"], "a") as file:
                file.write(READER)
        run([TARGET / "release/skolbro", "tenant", "put", tenant["file"], "--table", outputs["TableName"]], env={**aws, **outside["environment"]})
    token = outside["environment"]["ROUTE_TOKEN"]
    api = f"{endpoint}/_aws/execute-api/{outputs['ApiId']}/$default"

    def arrived(what):
        return until(what, lambda: differences(outside) == [], instead=lambda: differences(outside))

    def ring(place, body):
        return request("POST", f"{api}/hooks/{place}", body, {"Content-Type": "application/json"})

    # The functions learn of a new tenant within half a minute.
    until("the doorbell is known", lambda: ring(f"demoskolan/register/{token}", '{"modifiedEntites":["Person"]}')[0] == 202, 90)
    ring(f"skolonkommun/skolon/{token}", '{"entities":["user"]}')
    took = arrived("the first load has arrived")
    check("a first load arrives through API, Lambda, SQS and DynamoDB", True, f"{took:.1f} s")

    request("POST", outside["control"] + "/change")
    rung = ring(f"demoskolan/register/{token}", '{"modifiedEntites":["Person","Group"],"deletedEntities":true}')
    ring(f"skolonkommun/skolon/{token}", '{"entities":["user","license","group"]}')
    check("the doorbell answers 202", rung[0] == 202, rung[0])
    took = arrived("the changes have arrived")
    check("a school day arrives", True, f"{took:.1f} s")
    violations = json.loads(request("GET", outside["control"] + "/violations")[2])
    check("no contract was broken", violations == 0, violations)

    readers = f"{endpoint}/_aws/execute-api/{outputs['ReadersApiId']}/$default/ss12000/demoskolan/reader/v2.0"

    def read(what, token=READER_TOKEN):
        status, _, body = request("GET", readers + what, headers={"Authorization": f"Bearer {token}"})
        return status, json.loads(body)

    def read_all(what):
        found, page = [], {"pageToken": ""}
        while page["pageToken"] is not None:
            query = f"?limit=25&pageToken={page['pageToken']}" if page["pageToken"] else "?limit=25"
            status, page = read(what + query)
            assert status == 200, (what, status, page)
            found += page["data"]
        return found

    def is_read():
        persons = {it["id"] for it in read_all("/persons")}
        members = {it["person"]["id"] for group in read_all("/groups") for it in group["groupMemberships"]}
        return bool(members) and members <= persons

    took = until("a reader finds every group's members", is_read)
    check("a reader is served what there is, page by page", True, f"{len(read_all('/persons'))} persons, {took:.1f} s")
    check("a reader with a wrong token is served nothing", read("/persons", "guessed")[0] == 401)

    before = queue_depth(sqs, outputs["NoticesQueueUrl"])
    status, headers, body = ring(f"demoskolan/register/{token}", '{"modifiedEntites":')
    content = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
    check("an unreadable body is a problem document", status == 400 and content.startswith("application/problem+json"), status)
    check("a wrong token is no door", ring("demoskolan/register/guessed", "{}")[0] == 404)
    check("neither is enqueued", queue_depth(sqs, outputs["NoticesQueueUrl"]) <= before)

    sqs.send_message(QueueUrl=outputs["GleerupsQueueUrl"], MessageBody="poison", MessageGroupId="demoskolan")
    request("POST", outside["control"] + "/change")
    ring(f"demoskolan/register/{token}", '{"modifiedEntites":["Person","Group"],"deletedEntities":true}')
    ring(f"skolonkommun/skolon/{token}", '{"entities":["user","license","group"]}')
    arrived("the neighbours of a poisoned message have arrived")
    dead = outputs["GleerupsDeadLettersUrl"]
    took = until("the poisoned message is put aside", lambda: queue_depth(sqs, dead) == 1, 240)
    check("a poisoned message is put aside and hurts no neighbour", True, f"{took:.1f} s")


def stop():
    for child in reversed(children):
        child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    try:
        main()
    except (SystemExit, subprocess.CalledProcessError, OSError) as error:
        check("the test ran to its end", False, error)
        log = WORK / "emulator.log"
        if log.exists():
            say(log.read_text()[-6000:])
    finally:
        stop()
    failed = [name for name, holds, _ in results if not holds]
    say(f"\n{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)
