// What is stored, and what is being read.
import { useEffect, useRef, useState } from "preact/hooks";

import * as api from "./api";
import { bytes, day, number } from "./format";
import { Bar, Confirm, Trouble } from "./parts";
import { documentsChanged, matters, pending, progress, refreshMatters, route, show } from "./state";
import { t } from "./texts";
import { add, ofInput, targetMatter, uploading } from "./uploads";

const PAGE = 100;
const STATES = ["ready", "failed", "queued", "extracting", "embedding"] as const;

const KINDS = ["pdf", "letter", "table", "slides", "mail", "picture", "web", "text", "archive", "register", "other"] as const;
const MOST = 1000; // that the daemon gives at once

interface List {
  documents: api.Doc[];
  next: string | null;
  total?: number;
  states?: Partial<Record<api.Doc["state"], number>>;
}

export function MatterField({ id }: { id: string }) {
  return (
    <>
      <input
        id={id}
        list={`${id}-list`}
        value={targetMatter.value}
        onInput={(event) => (targetMatter.value = event.currentTarget.value)}
        autocomplete="off"
        spellcheck={false}
      />
      <datalist id={`${id}-list`}>
        {matters.value.map((one) => (
          <option key={one.name} value={one.name} />
        ))}
      </datalist>
    </>
  );
}

export function Progress() {
  const files = uploading.value;
  const reading = pending.value;
  const first = reading.find((one) => one.state !== "queued");
  // The rate is that of all documents together, and each one tells it.
  const rate = Math.max(0, ...reading.map((one) => one.chunks_per_second ?? 0)) || null;
  if (!files && !reading.length) return null;
  const going = files && files.done < files.total;
  return (
    <section class="progress" aria-live="polite">
      {files && (
        <p>
          {going ? t.documents.uploading(files.done, files.total) : t.documents.uploaded(files.added, files.known, files.refused.length)}
          {going && <Bar share={files.done / files.total} label={t.documents.uploading(files.done, files.total)} />}
          {!going && (
            <button type="button" class="quiet" onClick={() => (uploading.value = null)}>
              {t.close}
            </button>
          )}
        </p>
      )}
      {files && files.refused.length > 0 && (
        <details open>
          <summary>
            {t.documents.refused}: {number(files.refused.length)}
          </summary>
          <ul>
            {files.refused.slice(0, 100).map((one, i) => (
              <li key={i}>
                <bdi>{one.name}</bdi>: {one.why}
              </li>
            ))}
          </ul>
        </details>
      )}
      {reading.length > 0 && (
        <p>
          {t.documents.pending(reading.length, rate)}
          {first && (
            <>
              : <bdi>{first.name}</bdi>, {stateText(first.state, first)}
            </>
          )}
        </p>
      )}
    </section>
  );
}

function stateText(state: api.Doc["state"], live?: api.DocProgress): string {
  if (live && state === "extracting") return t.documents.reading(live.pages_done, live.pages);
  if (live && state === "embedding" && live.chunks > 0) return t.documents.indexing(live.chunks_done, live.chunks, live.seconds_left);
  return t.documents.states[state];
}

function Row({ one, changed }: { one: api.Doc; changed: () => void }) {
  const [removing, setRemoving] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const live = progress.value.get(one.id);
  const state = live?.state ?? one.state;
  const open = () => show({ document: one.id, name: one.name, page: one.pages > 0 ? 1 : null });
  const reread = async () => {
    setError(null);
    try {
      await api.call("POST", `${api.documentPath(one.id)}/reread`);
      changed();
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <tr>
      <th scope="row">
        {one.characters > 0 ? (
          <button type="button" class="source" onClick={open}>
            <bdi>{one.name}</bdi>
          </button>
        ) : (
          <bdi>{one.name}</bdi>
        )}
        {one.parents.length > 0 && <small>{t.documents.inside}</small>}
        {one.superseded_by && <small>{t.place.older}</small>}
        {[one.reason, ...one.notes].filter(Boolean).map((note) => (
          <small key={note}>{note}</small>
        ))}
        <Trouble error={error} />
      </th>
      <td data-label={t.documents.columns.matter}>
        <bdi>{one.matter}</bdi>
      </td>
      <td data-label={t.documents.columns.state}>
        <span class={`state ${state}`}>{stateText(state, live)}</span>
        {live && live.chunks > 0 && <Bar share={live.chunks_done / live.chunks} label={stateText(state, live)} />}
      </td>
      <td data-label={t.documents.columns.pages} class="figure">
        {one.pages > 0 ? number(one.pages) : ""}
      </td>
      <td data-label={t.documents.columns.size} class="figure">
        {bytes(one.bytes)}
      </td>
      <td data-label={t.documents.columns.added} class="figure">
        {day(one.added_at)}
      </td>
      <td class="acts">
        {(state === "ready" || state === "failed") && (
          <button type="button" class="quiet" aria-label={`${t.documents.reread}: ${one.name}`} onClick={reread}>
            {t.documents.reread}
          </button>
        )}
        <button type="button" class="quiet" aria-label={`${t.documents.remove}: ${one.name}`} onClick={() => setRemoving(true)}>
          {t.documents.remove}
        </button>
        {removing && (
          <Confirm
            title={t.documents.removeTitle(one.name)}
            action={t.documents.remove}
            run={async () => {
              await api.call("DELETE", api.documentPath(one.id));
              changed();
            }}
            done={() => setRemoving(false)}
          >
            <p>{t.documents.removeWhat}</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

function AddForm() {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    add(ofInput(input.files!), targetMatter.value.trim() || "general");
    input.value = "";
  };
  return (
    <div class="addform">
      <p>{t.documents.dropHint}</p>
      <input ref={files} type="file" multiple hidden onChange={take} aria-label={t.documents.add} />
      <input ref={folder} type="file" multiple hidden onChange={take} aria-label={t.documents.addFolder} {...({ webkitdirectory: true } as any)} />
      <div class="buttons">
        <button type="button" class="primary" onClick={() => files.current?.click()}>
          {t.documents.add}
        </button>
        <button type="button" onClick={() => folder.current?.click()}>
          {t.documents.addFolder}
        </button>
        <label for="into">{t.documents.into}</label>
        <MatterField id="into" />
      </div>
    </div>
  );
}

export function Documents() {
  const [matter, setMatter] = useState(route.value.parameters.get("matter") ?? "");
  const [state, setState] = useState("");
  const [words, setWords] = useState("");
  const [kind, setKind] = useState("");
  const [oldest, setOldest] = useState(false);
  const [older, setOlder] = useState(false);
  const [list, setList] = useState<List | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const shownRows = useRef(PAGE);
  // A link from elsewhere, as of a review's spreadsheet, opens a place.
  useEffect(() => {
    const at = route.value.parameters;
    const document = at.get("document");
    const number = (name: string) => Number(at.get(name) ?? 0);
    if (document) show({ document, name: "", page: number("page") || null, start: number("start"), end: number("end") });
  }, []);
  const loading = useRef<AbortController | null>(null);

  const fetchPage = (after: string, limit: number, signal?: AbortSignal) => {
    const chosen = { matter, state, kind, words: words.trim(), superseded: older ? "true" : "", order: oldest ? "" : "newest" };
    return api.get<List>(`/api/documents${api.query({ ...chosen, limit, after, totals: after ? "" : "true" })}`, signal);
  };
  // As many rows as were shown, anew; what is asked for meanwhile takes its place.
  const load = async () => {
    loading.current?.abort();
    const stop = (loading.current = new AbortController());
    setBusy(true);
    try {
      const all = await fetchPage("", Math.min(MOST, shownRows.current), stop.signal);
      while (all.next && all.documents.length < shownRows.current) {
        const some = await fetchPage(all.next, Math.min(MOST, shownRows.current - all.documents.length), stop.signal);
        all.documents.push(...some.documents);
        all.next = some.next;
      }
      if (stop.signal.aborted) return;
      setList(all);
      setError(null);
    } catch (failed) {
      if (stop.signal.aborted) return;
      setError(failed as Error);
    }
    setBusy(false);
  };
  const more = async () => {
    if (!list?.next) return;
    setBusy(true);
    try {
      const next = await fetchPage(list.next, PAGE);
      shownRows.current = list.documents.length + next.documents.length;
      setList({ ...list, documents: [...list.documents, ...next.documents], next: next.next });
    } catch (failed) {
      setError(failed as Error);
    }
    setBusy(false);
  };
  useEffect(() => {
    shownRows.current = PAGE;
    const timer = setTimeout(load, list ? 150 : 0); // while somebody types
    return () => clearTimeout(timer);
  }, [matter, state, kind, words, oldest, older]);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) void load();
    first.current = false;
  }, [documentsChanged.value]);
  const changed = () => {
    void load();
    void refreshMatters();
  };
  const rows = list?.documents ?? [];
  const chosen = Boolean(matter || state || kind || words.trim());
  return (
    <div class="view">
      <h1>{t.documents.title}</h1>
      <AddForm />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          {t.documents.matter}{" "}
          <select value={matter} onChange={(event) => setMatter(event.currentTarget.value)}>
            <option value="">{t.documents.all}</option>
            {matters.value.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.documents.state}{" "}
          <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
            <option value="">{t.documents.all}</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {t.documents.states[one]}
                {list?.states ? ` (${number(list.states[one] ?? 0)})` : ""}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.documents.kind}{" "}
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            <option value="">{t.documents.all}</option>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {t.documents.kinds[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.documents.order}{" "}
          <select value={oldest ? "oldest" : "newest"} onChange={(event) => setOldest(event.currentTarget.value === "oldest")}>
            <option value="newest">{t.documents.newest}</option>
            <option value="oldest">{t.documents.oldest}</option>
          </select>
        </label>
        <label>
          {t.documents.words} <input type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
        <label>
          <input type="checkbox" checked={older} onChange={(event) => setOlder(event.currentTarget.checked)} /> {t.documents.older}
        </label>
      </form>
      <Trouble error={error} retry={load} />
      {list && rows.length === 0 && <p class="faint">{chosen ? t.documents.noneFit : t.documents.none}</p>}
      {rows.length > 0 && (
        <table class="list" aria-busy={busy}>
          <thead>
            <tr>
              <th scope="col">{t.documents.columns.name}</th>
              <th scope="col">{t.documents.columns.matter}</th>
              <th scope="col">{t.documents.columns.state}</th>
              <th scope="col" class="figure">
                {t.documents.columns.pages}
              </th>
              <th scope="col" class="figure">
                {t.documents.columns.size}
              </th>
              <th scope="col" class="figure">
                {t.documents.columns.added}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <Row key={one.id} one={one} changed={changed} />
            ))}
          </tbody>
        </table>
      )}
      {list && (
        <p class="faint">
          {rows.length > 0 && t.documents.shown(rows.length, list.total ?? rows.length)}{" "}
          {list.next && (
            <button type="button" disabled={busy} onClick={more}>
              {t.more}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
