"""The limit of one API: fixed windows, of which only the headers tell."""

import threading
import time


class Window:
    def __init__(self, limit, seconds, spent=0):
        self.limit, self.seconds = limit, seconds
        self.lock = threading.Lock()
        self.number = self.current()
        self.used = spent  # by somebody else, before we looked

    def current(self):
        return int(time.time() // self.seconds)

    def take(self):
        """Counts one request. Returns (allowed, headers' values)."""
        with self.lock:
            if self.current() != self.number:
                self.number, self.used = self.current(), 0
            allowed = self.used < self.limit
            if allowed:
                self.used += 1
            return allowed, {"Limit": self.limit, "Remain": self.limit - self.used,
                             "Reset": (self.number + 1) * self.seconds, "Window": f"{self.seconds // 60}m" if self.seconds % 60 == 0 else f"{self.seconds}s"}

    def spend(self, count):
        """Somebody else uses the same key."""
        with self.lock:
            self.used = min(self.limit, self.used + count)
