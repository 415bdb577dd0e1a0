"""Peers of bench/search.py on the same texts and vectors: tantivy for words, usearch's exact scan for vectors. Each is
measured where Python has it (pip install tantivy usearch numpy), in one thread."""

import sqlite3
import statistics
import time

ROUNDS = 7
TOP = 100


def rows_of(home, sql):
    db = sqlite3.connect(f"file:{home}/counsel.db?mode=ro", uri=True)
    try:
        yield from db.execute(sql)
    finally:
        db.close()


def timed(ask, things):
    """Medians over the things, each the median of some rounds: wall and processor milliseconds."""
    wall, processor = [], []
    for thing in things:
        ask(thing)
        took, used = [], []
        for _ in range(ROUNDS):
            began, busy = time.perf_counter(), time.process_time()
            ask(thing)
            took.append((time.perf_counter() - began) * 1000)
            used.append((time.process_time() - busy) * 1000)
        wall.append(statistics.median(took))
        processor.append(statistics.median(used))
    return {"ms": statistics.median(wall), "processor_ms": statistics.median(processor)}


def tantivy_search(home, folder, questions):
    try:
        import tantivy
    except ImportError:
        return None
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
    schema = builder.build()
    kept = folder / "built"
    folder.mkdir(exist_ok=True)
    if kept.exists():
        index = tantivy.Index(schema, path=str(folder / "index"))
    else:
        (folder / "index").mkdir(exist_ok=True)
        index = tantivy.Index(schema, path=str(folder / "index"))
        began, busy = time.perf_counter(), time.process_time()
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for row in rows_of(home, "SELECT name || ' ' || heading || ' ' || text FROM chunks ORDER BY id"):
            document = tantivy.Document()
            document.add_text("text", row[0])
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        kept.write_text(f"{time.perf_counter() - began:.1f} {time.process_time() - busy:.1f}")
    index.reload()
    searcher = index.searcher()
    built = [float(part) for part in kept.read_text().split()]

    def ask(question):
        words = "".join(c if c.isalnum() else " " for c in question)
        return searcher.search(index.parse_query(words, ["text"]), TOP).hits

    return timed(ask, questions) | {"built_s": built[0], "built_processor_s": built[1]}


def flat_scan(home, kept):
    try:
        import numpy
        from usearch.index import MetricKind, search
    except ImportError:
        return None
    if kept.exists():
        vectors = numpy.load(kept)
    else:
        blobs = [numpy.frombuffer(row[0], numpy.float32) for row in rows_of(home, "SELECT vector FROM vectors")]
        vectors = numpy.clip(numpy.rint(numpy.stack(blobs) * 127 / 0.35), -127, 127).astype(numpy.int8)
        del blobs
        numpy.save(kept, vectors)

    def ask(which):
        return search(vectors, vectors[which], TOP, MetricKind.IP, exact=True, threads=1)

    return timed(ask, range(0, len(vectors), len(vectors) // 6))
