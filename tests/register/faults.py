"""Faults on demand. A test names a path and what is to go wrong there, how often."""

import random
import re
import threading

KINDS = ("status", "slow", "cut", "reset", "garbage", "mutate", "large", "redirect")


class Faults:
    def __init__(self):
        self.rules, self.lock = [], threading.Lock()

    def add(self, rule):
        """{"path": regular expression, "kind", "times": 0 for always, and what the kind needs}"""
        assert rule["kind"] in KINDS, rule
        with self.lock:
            self.rules.append({"times": 1, **rule})

    def clear(self):
        with self.lock:
            self.rules.clear()

    def take(self, path):
        """The rule for this request, or None. Each use counts."""
        with self.lock:
            for rule in self.rules:
                if re.search(rule["path"], path):
                    if rule["times"] == 1:
                        self.rules.remove(rule)
                    elif rule["times"] > 1:
                        rule["times"] -= 1
                    return rule
        return None


def mutated(body, seed):
    """Bytes flipped, members of other types, or cut short."""
    chance = random.Random(seed)
    way = chance.randrange(3)
    if way == 0:
        body = bytearray(body)
        for _ in range(chance.randrange(1, 9)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return bytes(body)
    if way == 1:
        return body[:chance.randrange(len(body))]
    values = [b"null", b"-1", b"1e99", b'"text"', b"[]", b"{}", b"true", b"[[[[]]]]"]
    return re.sub(rb'(?<=:) *("[^"]*"|\d+|true|false)', lambda found: chance.choice(values) if chance.random() < 0.2
                  else found[0], body)
