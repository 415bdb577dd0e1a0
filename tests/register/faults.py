"""Faults on demand. A test names a path and what is to go wrong there, how often."""

import json
import random
import re
import threading

KINDS = ("status", "slow", "cut", "reset", "garbage", "mutate", "large", "redirect")


class Faults:
    def __init__(self):
        self.rules, self.lock, self.taken = [], threading.Lock(), 0

    def add(self, rule):
        """{"path": regular expression, "kind", "times": 0 for always, and what the kind needs}; "step" is added to "seed"
        at each use."""
        assert rule["kind"] in KINDS, rule
        with self.lock:
            self.rules.append({"times": 1, **rule})

    def clear(self):
        with self.lock:
            self.rules.clear()
            self.taken = 0

    def take(self, path):
        """The rule for this request, or None. Each use counts."""
        with self.lock:
            for rule in self.rules:
                if re.search(rule["path"], path):
                    if rule["times"] == 1:
                        self.rules.remove(rule)
                    elif rule["times"] > 1:
                        rule["times"] -= 1
                    self.taken += rule["kind"] != "status"
                    taken = dict(rule)
                    if "step" in rule:
                        rule["seed"] += rule["step"]
                    return taken
        return None


def without_some(value, chance):
    if isinstance(value, dict):
        return {name: without_some(inner, chance) for name, inner in value.items() if chance.random() > 0.15}
    if isinstance(value, list):
        return [without_some(inner, chance) for inner in value if chance.random() > 0.05]
    return value


def mutated(body, seed):
    """Bytes flipped, cut short, members missing, or members of other types."""
    chance = random.Random(seed)
    way = chance.randrange(4)
    if not body:
        return body
    if way == 0:
        body = bytearray(body)
        for _ in range(chance.randrange(1, 9)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return bytes(body)
    if way == 1:
        return body[:chance.randrange(len(body))]
    if way == 2:
        return json.dumps(without_some(json.loads(body), chance), ensure_ascii=False).encode()
    values = [b"null", b"-1", b"1e99", b'"text"', b"[]", b"{}", b"true", b"[[[[]]]]"]
    return re.sub(rb'(?<=:) *("[^"]*"|\d+|true|false)', lambda found: chance.choice(values) if chance.random() < 0.2
                  else found[0], body)
