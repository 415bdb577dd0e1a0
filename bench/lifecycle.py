"""How models are loaded, shared and given up, beside llama-server: see bench/README.md."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import bench
from bench import BIN, Daemon, chat, daemon_at, llama, pss, report, scratch, wait_until
from counsel import children_of, name_of
from model_lifecycle import cycle, held_by, kills, memory_group, own_bytes, peak

SEVEN_B = os.environ.get("COUNSEL_BENCH_7B", "")
SMALL = os.environ.get("COUNSEL_BENCH_7B_2_LAYERS", "")


def entry(name, file, context=4096, flags=()):
    listed = ", ".join(f'"{flag}"' for flag in flags)
    return (f'[[model]]\nname = "{name}"\nrole = "generator"\ncontext_tokens = {context}\nflags = [{listed}]\n'
            f'[[model.files]]\npath = "{file}"\n')


def home_with(folder, *entries):
    home = folder / "home"
    home.mkdir(exist_ok=True)
    (home / "catalogue.toml").write_text("\n".join(entries))
    return home


def words(count, seed):
    """A prompt of about `count` tokens that no other call shares."""
    return f"{seed} " + "law " * count


def ask(model, prompt, tokens=2):
    return {"model": model, "messages": [{"role": "user", "content": prompt}], "max_tokens": tokens, "temperature": 0,
            "stream": True, "cache_prompt": False}


def first_piece(socket, body):
    """Seconds to the first piece of the reply's stream that holds a choice, or raises."""
    began = time.perf_counter()
    with contextlib.closing(bench.UnixConnection(socket)) as connection:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        for line in reply:
            if line.startswith(b"data: {") and b'"finish_reason":null' in line.replace(b" ", b""):
                first = time.perf_counter() - began
                reply.read()
                return first
    raise AssertionError("no piece came")


def by_hand(folder, flags, file, body):
    began = time.perf_counter()
    server = llama(folder, flags, file).ready()
    try:
        return time.perf_counter() - began + first_piece(server.socket, body)
    finally:
        server.stop()


def bench_cold_7b():
    print("a cold 7B shape, hot page cache")
    if not SEVEN_B:
        print("  skipped: COUNSEL_BENCH_7B names no file of the 7B shape")
        return
    quick = ["-np", "1", "--no-warmup", "--fit", "off", "--no-repack", "-c", "4096"]
    repacked = ["-np", "1", "--no-warmup", "--fit", "off", "-c", "4096"]
    with scratch() as folder, daemon_at(home_with(folder, entry("seven", SEVEN_B))) as daemon:
        daemon.post("/api/models/seven/warm")
        for tokens, rounds, target in ((10, 3, 1.15), (2000, 1, 1.1)):
            ours, peers = [], {"quick": [], "repacked": []}
            for i in range(rounds):
                daemon.post("/api/models/unload")
                ours.append(first_piece(daemon.socket, ask("seven", words(tokens, f"c{i}"))))
                daemon.post("/api/models/unload")
                peers["quick"].append(by_hand(folder, quick, SEVEN_B, ask("x", words(tokens, f"q{i}"))))
                if tokens > 100:
                    peers["repacked"].append(by_hand(folder, repacked, SEVEN_B, ask("x", words(tokens, f"r{i}"))))
            best = min(statistics.median(times) for times in peers.values() if times)
            mine = statistics.median(ours)
            report(f"{tokens} tokens of prompt: first token, nothing loaded", mine, "s")
            for style, times in peers.items():
                if times:
                    report(f"llama-server by hand, {style}", statistics.median(times), "s")
            report("ratio to the better", mine / best, "", target, mine / best <= target)


def files_of_plans():
    """(title, file, how much a first plan may be above: factor, bytes)"""
    files = [("SmolLM2-135M", str(bench.GENERATOR), 1.10, 100 * 2**20)]
    if SMALL:
        files.append(("7B shape, 2 layers", SMALL, 1.10, 100 * 2**20))
    if SEVEN_B:
        files.append(("7B shape", SEVEN_B, 1.10, 0))
    return files


def plan_twice(title, daemon, style, where, factor, allowance):
    """Plans and loads model m twice; `where` picks bytes of a footprint."""
    def planned():
        return where(daemon.post("/api/models/m/plan", {"style": style}).json["planned"])

    def measured():
        before = len(daemon.get("/api/models").json["history"])
        assert daemon.post("/api/models/m/load", {"style": style}).status == 200
        wait_until(lambda: len(daemon.get("/api/models").json["history"]) > before, "the load was measured")
        bytes_ = where(daemon.get("/api/models").json["history"][0]["measured"])
        daemon.post("/api/models/unload")
        return bytes_

    first, real = planned(), measured()
    report(f"{title}: first plan over measured", first / real, "", f"1 to {factor}",
           real <= first <= factor * real + allowance)
    second, again = planned(), measured()
    report(f"{title}: second plan over measured", second / again, "", "within 3 %", abs(second / again - 1) <= 0.03)


def bench_plans():
    print("plans beside what was measured at ready (host)")
    for title, file, factor, allowance in files_of_plans():
        for style in ("quick", "repacked"):
            with scratch() as folder, daemon_at(home_with(folder, entry("m", file, 2048))) as daemon:
                plan_twice(f"{title}, {style}", daemon, style, lambda of: of["host"], factor, allowance)


def bench_gpu_plans():
    print("the same with layers on Mesa's llvmpipe, which plays a GPU of 2 GiB")
    engine = os.environ.get("COUNSEL_BENCH_GPU_ENGINE")
    driver = Path("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json")
    if not engine or not driver.exists():
        print("  skipped: COUNSEL_BENCH_GPU_ENGINE names no engine with the Vulkan plug-in, or its driver is missing")
        return
    gpu = {"COUNSEL_LLAMA_SERVER": str(Path(engine) / "llama-server"), "VK_DRIVER_FILES": str(driver),
           "GGML_VK_VISIBLE_DEVICES": "0"}
    for title, file, factor, allowance in files_of_plans():
        for what, where in (("device", lambda of: sum(of["devices"].values())), ("host", lambda of: of["host"])):
            with scratch() as folder:
                daemon = Daemon(home_with(folder, entry("m", file, 2048)), gpu).start()
                try:
                    plan_twice(f"{title}, {what}", daemon, "repacked", where, factor, allowance)
                finally:
                    daemon.stop()


def bench_highest():
    print("claims beside the most that was held: every slot full, the prompt cache at its limit, then a whole context")
    for title, file, _, _ in files_of_plans():
        with scratch() as folder, daemon_at(home_with(folder, entry("m", file, 2048))) as daemon:
            daemon.post("/api/models/m/load", {})
            held = []

            def send(count, seed):
                first_piece(daemon.socket, {**ask("m", words(count, seed), 1), "cache_prompt": True})
                model = next(m for m in daemon.get("/api/models").json["models"] if m["name"] == "m")
                held.append((model["measured"]["host"], model["planned"]["host"]))

            threads = [threading.Thread(target=send, args=(450, f"slot {i}")) for i in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # 256 MiB of prompts that are over; of a large model one takes minutes to read.
            for i in range(0 if file == SEVEN_B else 100):
                send(400, f"kept {i}")
            send(1900, "whole")
            highest, claim = max(measured for measured, _ in held), held[0][1]
            report(f"{title}: claim over the highest seen", claim / highest, "", "1 to 1.10", 1 <= claim / highest <= 1.10)


def ranges(daemon, family, model):
    """Of a histogram of /metrics, how many lie in each range: {its upper end: count}."""
    counts, before = {}, 0
    for line in daemon.get("/metrics").body.decode().splitlines():
        if line.startswith(f'{family}_bucket{{model="{model}",le="'):
            end, total = float(line.split('le="')[1].split('"')[0]), int(line.rsplit(" ", 1)[1])
            counts[end], before = total - before, total
    return counts


def quantile(share, after, before):
    """The upper end of the range that holds this share of what came between, in ms: never too low."""
    grown = {end: count - before.get(end, 0) for end, count in after.items()}
    left = share * sum(grown.values())
    for end, count in sorted(grown.items()):
        left -= count
        if left <= 1e-9:
            return end * 1000
    return 0.0


def straight_to_a_server(folder, names, flags):
    """34 calls at once to one server of the first while servers of the others load beside it: first tokens, sorted."""
    file = {name: folder / f"{name}.gguf" for name in names}
    servers = [llama(folder, flags, file[names[0]]).ready()]
    try:
        first_piece(servers[0].socket, ask("x", words(5, "warm")))
        servers += [llama(folder, flags, file[name]) for name in names[1:]]
        times = []
        threads = [threading.Thread(
            target=lambda i=i: times.append(first_piece(servers[0].socket, ask("x", words(5, f"n{3 * i}")))))
            for i in range(34)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(times)
    finally:
        for server in servers:
            server.stop()


def bench_three_models():
    print("three models of which any two fit, 100 first calls at once, one of them warm")
    if not SMALL:
        print("  skipped: COUNSEL_BENCH_7B_2_LAYERS names no file of the 7B shape with 2 layers")
        return
    with scratch() as folder:
        names = ("a", "b", "c")
        for name in names:
            shutil.copy(SMALL, folder / f"{name}.gguf")
        home = home_with(folder, *(entry(name, folder / f"{name}.gguf", 1024) for name in names))
        with daemon_at(home) as daemon:
            claim = daemon.post("/api/models/a/plan", {"style": "quick"}).json["claim"]["host"]
            total = daemon.get("/api/models").json["memory"]["total"]
        share = max(0.05, 2.5 * claim / total)
        daemon = Daemon(home, {"MEMORY_THRESHOLD": f"{share:.4f}"}).start()
        try:
            first_piece(daemon.socket, ask("a", words(5, "warm")))
            times, failed = {name: [] for name in names}, []

            def call(i):
                name = names[i % 3]
                try:
                    times[name].append(first_piece(daemon.socket, ask(name, words(5, f"n{i}"))))
                except Exception as error:  # noqa: BLE001
                    failed.append(repr(error))

            inside = ("counsel_request_forward_seconds", "counsel_reply_relay_seconds", "counsel_model_wait_seconds")
            before = {family: ranges(daemon, family, "a") for family in inside}
            threads = [threading.Thread(target=call, args=(i,)) for i in range(100)]
            began = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - began
            loads = len([r for r in daemon.get("/api/models").json["history"] if not r["reason"]])
            report("answered", 100 - len(failed), "", "100", not failed)
            report("loads, the warm one among them", loads, "", "3 (4 by another order)", loads <= 4)
            for name in names:
                report(f"'{name}': first token, median", statistics.median(times[name] or [0]), "s")
            report("all after", seconds, "s")
            for family in inside:
                after = ranges(daemon, family, "a")
                if family == inside[2]:
                    waited = sum(after.values()) - sum(before[family].values())
                    report("calls of 'a' that waited for it", waited, "", "0", waited == 0)
                    continue
                report(f"{family} of 'a', p50 at most", quantile(0.5, after, before[family]), "ms")
                p99 = quantile(0.99, after, before[family])
                report(f"{family} of 'a', p99 at most", p99, "ms", "10 ms", p99 <= 10)
            flags = next(m["flags"] for m in daemon.get("/api/models").json["models"] if m["flags"])
            for error in failed[:3]:
                print("   ", error[:200])
        finally:
            daemon.stop()
        through = sorted(times["a"])
        # As src/models/model_server.cc starts it.
        slots = min(max(os.cpu_count(), 2), 8)
        flags = ["--threads", str(os.cpu_count()), "--no-warmup", "--fit", "off", "--offline",
                 "--ctx-size", str(slots * 1024), "--parallel", str(slots), "--no-kv-unified", "--cache-ram", "256",
                 "--ctx-checkpoints", "2", *flags]
        straight = straight_to_a_server(folder, names, flags)
        for title, seconds in (("through Counsel", through), ("straight to llama-server, others load", straight)):
            report(f"first token of 34 calls of 'a' {title}, p50", statistics.median(seconds), "s")
            report(f"first token of 34 calls of 'a' {title}, p99", seconds[-1], "s")


def bench_cgroup():
    print("two models that do not fit together, in turn, in a memory control group")
    if not SMALL:
        print("  skipped: COUNSEL_BENCH_7B_2_LAYERS names no file of the 7B shape with 2 layers")
        return
    with scratch() as folder:
        for name in ("a", "b"):
            shutil.copy(SMALL, folder / f"{name}.gguf")
        home = home_with(folder, *(entry(name, folder / f"{name}.gguf", 1024, ["--load-mode", "none", "--cache-ram", "0"])
                                   for name in ("a", "b")))
        with daemon_at(home) as daemon:
            claim = daemon.post("/api/models/a/plan").json["claim"]["host"]
        limit = int(1.8 * claim / 0.8)
        with memory_group(limit) as group:
            if group is None:
                print("  skipped: no version 1 memory control group can be made here")
                return
            daemon = Daemon(home).start()
            try:
                for i in range(20):
                    first_piece(daemon.socket, ask("ab"[i % 2], words(5, f"t{i}")))
                report("kernel kills after 20 turns", kills(group), "", "0", kills(group) == 0)
                report("highest use of the limit", peak(group) / limit, "", "1", peak(group) <= limit)
                # Beside an idle model, somebody takes memory at 200 MB/s.
                code = ("import time\nheld=[]\n"
                        f"for i in range(int({0.8 * limit} / 20e6)):\n"
                        "    held.append(bytearray(b'x' * 20_000_000)); time.sleep(0.1)\n")
                hog = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
                gone_at = None
                began = time.perf_counter()
                while hog.poll() is None:
                    if gone_at is None and not daemon.children():
                        gone_at = time.perf_counter() - began
                    time.sleep(0.01)
                report("200 MB/s up to 80 % of the limit: kernel kills", kills(group), "", "0", kills(group) == 0)
                report("that process ended with status", hog.returncode, "", "0", hog.returncode == 0)
                report("the idle model was gone after", gone_at if gone_at is not None else -1, "s", "before it ends",
                       gone_at is not None)
            finally:
                daemon.stop()


def ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def bench_idle():
    print("an idle daemon")
    with scratch() as folder, daemon_at(folder / "home") as daemon:
        name = daemon.model("generator")["name"]
        daemon.post(f"/api/models/{name}/load")
        daemon.post("/api/models/unload")
        def switches():
            total = 0
            for task in Path(f"/proc/{daemon.pid}/task").iterdir():
                for line in (task / "status").read_text().splitlines():
                    if "ctxt_switches" in line:
                        total += int(line.split()[1])
            return total

        time.sleep(1)
        before, woken = ticks(daemon.pid), switches()
        time.sleep(10)
        report("processor ticks in 10 s with nothing loaded", ticks(daemon.pid) - before, "", "0",
               ticks(daemon.pid) == before)
        report("times it woke", switches() - woken, "")
        report("memory (Pss)", pss(daemon.pid), "MB", "12 MB", pss(daemon.pid) <= 12)


def bench_cycles():
    count = int(os.environ.get("COUNSEL_BENCH_CYCLES", "1000"))
    print(f"{count} cycles of loading and giving back both starter models")
    with scratch() as folder, daemon_at(folder / "home") as daemon:
        names = [daemon.model(role)["name"] for role in ("embedder", "generator")]

        for _ in range(10):
            cycle(daemon, names)
        before, memory = held_by(daemon), own_bytes(daemon)
        began = time.perf_counter()
        for _ in range(count):
            cycle(daemon, names)
        seconds = time.perf_counter() - began
        after = held_by(daemon)
        for what, then in before.items():
            report(f"{what} more than before", after[what] - then, "", "0", after[what] <= then)
        grown = (own_bytes(daemon) - memory) / 1e6
        report("memory more than after 10 cycles", grown, "MB", "1 MB", grown <= 1)
        report("a cycle took", seconds / count, "s")


BENCHES = {"cold_7b": bench_cold_7b, "plans": bench_plans, "gpu_plans": bench_gpu_plans, "highest": bench_highest,
           "three_models": bench_three_models, "cgroup": bench_cgroup,
           "idle": bench_idle, "cycles": bench_cycles}

if __name__ == "__main__":
    bench.run(BENCHES)
