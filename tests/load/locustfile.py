"""Forty caseworkers and five colleagues in triage click through their pages, and three agencies post referrals.

Runs in an environment of its own and knows nothing of Amends but its pages and its API. Each action that was
acknowledged is written to the ledger before the next one is asked for.
"""

import json
import os
import random
import re
from itertools import count
from pathlib import Path
from uuid import UUID

from locust import HttpUser, between, task

PLAN = json.loads(Path(os.environ["AMENDS_LOAD_PLAN"]).read_text(encoding="utf-8"))  # noqa: TID251 - how locust is told
LEDGER = Path(PLAN["ledger"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open for the whole run
CHANCE = random.Random(PLAN["seed"])
ASKED = {
    "AcceptReferral": {},
    "AllocateCaseworker": {},
    "RecordConsent": {"purpose": "take_part", "given_by": "participant"},
    "AssessRisk": {"level": "low"},
    "ProposePlan": {},
    "AgreePlan": {},
    "PauseCase": {"reason": "medical"},
    "ResumeCase": {},
}
REFUSED = (409, 422)


def acknowledged(source, name):
    """Note what somebody was told is kept."""
    LEDGER.write(json.dumps({"source": source, "id": name}) + "\n")


class Staff(HttpUser):
    """Somebody at the provider: looks at tasks, opens a case, and does what the page offers."""

    abstract = True
    wait_time = between(1, 3)
    people = ()

    def on_start(self):
        """Sign in by the form."""
        self.me = self.people[next(self.numbers) % len(self.people)]
        self.client.headers["accept"] = "text/html"
        form = self.client.get("/sign-in").text
        told = {"csrf": field(form, "csrf"), "login": self.me["login"], "password": PLAN["password"]}
        self.client.post("/sign-in", data=told)

    @task(3)
    def work_on_a_case(self):
        """Go from the tasks to one of their cases and do one of the things it offers."""
        cases = sorted(set(re.findall(r'href="/cases/([0-9a-f-]{36})"', self.client.get("/tasks").text)))
        if not cases:
            return
        case = CHANCE.choice(cases)
        shown = self.client.get(f"/cases/{case}", name="/cases/[case]").text
        offered = [one for one in re.findall(rf"/cases/{case}/do/(\w+)", shown) if one in ASKED]
        if offered:
            self.do(case, CHANCE.choice(offered))
        elif f"/cases/{case}/book" in shown:
            self.book(case)

    @task(1)
    def look_around(self):
        """Read the list of cases."""
        self.client.get("/cases")

    def do(self, case, command):
        """Fill in a command's form and send it."""
        form = self.form(f"/cases/{case}/do/{command}", "/cases/[case]/do/[command]")
        self.send(f"/cases/{case}/do/{command}", "/cases/[case]/do/[command]", form, ASKED[command])

    def book(self, case):
        """Book the first session that is offered."""
        form = self.form(f"/cases/{case}/book", "/cases/[case]/book")
        slot = re.search(r'name="slot"[^>]* value="([^"]+)"', form)
        if slot:
            self.send(f"/cases/{case}/book", "/cases/[case]/book", form, {"slot": slot[1]})

    def form(self, path, name):
        """Return a form, or the page that says why there is none now: others work on the case too."""
        with self.client.get(path, name=name, catch_response=True) as answer:
            if answer.status_code in REFUSED:
                answer.success()
            return answer.text

    def send(self, path, name, form, told):
        """Send a form; a redirect says that it is kept."""
        if field(form, "once") is None:
            return
        hidden = {one: field(form, one) for one in ("csrf", "version", "once")}
        with self.client.post(
            path, data=hidden | told, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code == 303:
                acknowledged(f"{PLAN['provider']}:{self.me['staff']}", hidden["once"])
                answer.success()
            elif answer.status_code in REFUSED:
                answer.success()


class Caseworker(Staff):
    """Works on his or her own cases."""

    people, numbers = PLAN["caseworkers"], count()
    fixed_count = len(people)


class Triage(Staff):
    """Takes on what has come and gives it to somebody."""

    people, numbers = PLAN["triage"], count()
    fixed_count = len(people)


class Agency(HttpUser):
    """Posts a referral of a new person every second or two."""

    wait_time = between(1, 2)
    agencies, numbers = PLAN["agencies"], count()
    fixed_count = len(agencies)

    def on_start(self):
        """Take an agency's credential."""
        self.me = self.agencies[next(self.numbers) % len(self.agencies)]

    @task
    def refer(self):
        """Post a referral; 202 says that it is kept."""
        name = str(UUID(int=CHANCE.getrandbits(128), version=4))
        headers = {"Authorization": self.me["authorization"], "Amends-Sending": name}
        with self.client.post(
            "/api/v1/referrals", json=self.referral(name), headers=headers, catch_response=True
        ) as told:
            if told.status_code == 202:
                acknowledged(self.me["organisation"], name)

    def referral(self, name):
        """The agency's usual referral, about somebody else."""
        body = json.loads(json.dumps(self.me["referral"]))
        year, month, day = body["participant"]["birth_date"][:4], CHANCE.randint(1, 12), CHANCE.randint(1, 28)
        people = {
            "given_name": f"Given{name[:6]}",
            "family_name": f"Family{name[9:13]}{name[14:18]}",
            "birth_date": f"{year}-{month:02}-{day:02}",
        }
        return body | {
            "message_id": name,
            "referrer_reference": f"REF-{name}",
            "participant": body["participant"] | people,
        }


def field(page, name):
    """The value of a hidden field, or None."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else None
