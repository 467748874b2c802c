#!/usr/bin/env python3
"""A school is delivered to a SCIM server that nobody here wrote: scim2-server, from PyPI, by configuration alone.

Registers drop a file, `skolbro up` reads it, and the server has the school: who was there before is taken over, who
comes and goes comes and goes, and what was made by hand stays. Needs Python 3, the package index and a built `skolbro`
(its path is the first argument; target/debug/skolbro without one).
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv

SERVER = "scim2-server==0.8.3"
TOKEN = "a-token-of-this-run"
PATIENCE = 90
ROOT = pathlib.Path(__file__).resolve().parents[2]

TENANT = """
tenant = "norrbyholm"

[[source]]
name = "register"
kind = "file-drop"
format = "csv"
folder = "{folder}"
settle_seconds = 1
poll_seconds = 10

[[source.table]]
file = "elever.csv"
person = {{ id = "Id", given_name = "Förnamn", family_name = "Efternamn", email = "E-post" }}
organisation = {{ id = "Enhet", name = "Enhet", school_unit_code = "Enhet" }}
enrolment = {{ person = "Id", school_unit = "Enhet", school_type = {{ value = "GR" }} }}
group = {{ id = "Klass", name = "Klass", organisation = "Enhet", kind = {{ value = "Klass" }} }}
membership = {{ group = "Klass", person = "Id" }}

[[source.table]]
file = "personal.csv"
person = {{ id = "Id", given_name = "Förnamn", family_name = "Efternamn", email = "E-post" }}
duty = {{ person = "Id", organisation = "Enhet", role = {{ value = "Lärare" }} }}
membership = {{ group = "Klass", person = "Id", role = {{ value = "lärare" }} }}

[[target]]
name = "receiver"
kind = "scim"
base_url = "{base_url}"
token = {{ env = "SCIM_TOKEN" }}
user_name = ["email"]
"""


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Receiver:
    """The server, asked as anybody may ask it."""

    def __init__(self, base_url):
        self.base_url = base_url

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.base_url + path, method=method)
        request.add_header("Authorization", f"Bearer {TOKEN}")
        request.add_header("Content-Type", "application/scim+json")
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(request, data, timeout=10) as answer:
            content = answer.read()
            return json.loads(content) if content else None

    def all(self, kind):
        found, start = [], 1
        while True:
            page = self.ask("GET", f"/{kind}?startIndex={start}&count=50")
            found += page.get("Resources", [])
            start += len(page.get("Resources", []))
            if start > page["totalResults"] or not page.get("Resources"):
                return {it["id"]: it for it in found}

    def school(self):
        """Groups by name with the user names of their members, and all user names."""
        users = self.all("Users")
        name = lambda it: users.get(it["value"], {}).get("userName", "nobody")
        groups = {
            it["displayName"]: sorted(name(member) for member in it.get("members", []))
            for it in self.all("Groups").values()
        }
        return sorted(it["userName"] for it in users.values()), groups

    def is_up(self):
        try:
            self.ask("GET", "/ServiceProviderConfig")
            return True
        except (urllib.error.URLError, ConnectionError):
            return False


def until(what, holds, seen=lambda: ""):
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"still not: {what}\n{seen()}")
        time.sleep(0.5)
    print(f"{what}: after {time.monotonic() - began:.1f} s", flush=True)


def write(folder, pupils, teachers):
    def drop(name, header, rows):
        lines = [header] + [";".join(row) for row in rows]
        (folder / (name + ".tmp")).write_text("\n".join(lines) + "\n")
        os.replace(folder / (name + ".tmp"), folder / name)

    drop("elever.csv", "Id;Förnamn;Efternamn;E-post;Enhet;Klass", pupils)
    drop("personal.csv", "Id;Förnamn;Efternamn;E-post;Enhet;Klass", teachers)


def expected(pupils, teachers, others):
    """`others`: user names and, of groups, members that somebody made by hand."""
    users = sorted({row[3] for row in pupils + teachers} | set(others[0]))
    groups = {name: list(members) for name, members in others[1].items()}
    for row in pupils + teachers:
        groups.setdefault(row[5], []).append(row[3])
    return users, {name: sorted(members) for name, members in groups.items()}


def play(receiver, folder):
    pupil = lambda n, klass: [f"e{n}", f"Elev{n}", "Provsson", f"elev{n}@elev.example", "12345678", klass]
    pupils = [pupil(n, "7A" if n < 12 else "7B") for n in range(24)]
    teachers = [["t1", "Tove", "Lärlund", "tove@skola.example", "12345678", "7A"]]
    there = receiver.ask("POST", "/Users", {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "elev0-before",
        "emails": [{"value": "elev0@elev.example", "type": "work"}], "nickName": "Nollan",
    })
    by_hand = receiver.ask("POST", "/Users", {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "vaktmastaren",
    })
    receiver.ask("POST", "/Groups", {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Vaktmästeriet",
        "members": [{"value": by_hand["id"]}],
    })
    others = (["vaktmastaren"], {"Vaktmästeriet": ["vaktmastaren"]})
    is_school = lambda: receiver.school() == expected(pupils, teachers, others)
    seen = lambda: f"there: {receiver.school()}\nexpected: {expected(pupils, teachers, others)}"

    write(folder, pupils, teachers)
    until("the school is there", is_school, seen)
    taken_over = receiver.ask("GET", f"/Users/{there['id']}")
    assert taken_over["userName"] == "elev0@elev.example" and taken_over["nickName"] == "Nollan", "not taken over as it was"

    class_7a = next(it for it in receiver.all("Groups").values() if it["displayName"] == "7A")
    receiver.ask("PATCH", f"/Groups/{class_7a['id']}", {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "add", "path": "members", "value": [{"value": by_hand["id"]}]}],
    })
    others[1]["7A"] = ["vaktmastaren"]
    pupils[1][5] = "7B"
    pupils[2][1] = "Omdöpt"
    pupils.pop()
    write(folder, pupils, teachers)
    until("one moved, one left, and who was added by hand stays", is_school, seen)
    names = {it["userName"]: it["displayName"] for it in receiver.all("Users").values() if "displayName" in it}
    until("one has another name", lambda: names["elev2@elev.example"] == "Omdöpt Provsson", lambda: names)


def main():
    skolbro = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/debug/skolbro").resolve()
    with tempfile.TemporaryDirectory() as temporary:
        home = pathlib.Path(temporary)
        venv.create(home / "venv", with_pip=True)
        subprocess.run([home / "venv/bin/pip", "install", "--quiet", SERVER], check=True)
        port, folder = free_port(), home / "drop"
        folder.mkdir()
        base_url = f"http://127.0.0.1:{port}/v2"
        server = subprocess.Popen(
            [home / "venv/bin/scim2-server", "--port", str(port), "--bearer-token", TOKEN], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        receiver = Receiver(base_url)
        (home / "tenant.toml").write_text(TENANT.format(folder=folder, base_url=base_url))
        hub = None
        try:
            until("the server is up", receiver.is_up)
            log = (home / "log").open("w")
            command = [skolbro, "up", "--config", home / "tenant.toml", "--data", home / "data"]
            command += ["--listen", f"127.0.0.1:{free_port()}"]
            hub = subprocess.Popen(command, env={**os.environ, "SCIM_TOKEN": TOKEN}, stdout=log, stderr=log)
            play(receiver, folder)
        except BaseException:
            if hub is not None:
                print((home / "log").read_text()[-8000:])
            raise
        finally:
            for process in [hub, server]:
                if process is not None:
                    process.terminate()
                    process.wait(20)


if __name__ == "__main__":
    main()
