// The record: what was asked and answered, on what grounds, and what was done about it since.
import { useState } from "preact/hooks";

import * as api from "./api";
import { moment, number, sliceBytes } from "./format";
import { Command, Trouble, useLoad } from "./parts";
import { link, matters, route, show, type Shown } from "./state";
import { t } from "./texts";

const PAGE = 50;
const MARK: Record<api.Grade, string> = { supported: "●", near: "◐", unsupported: "○" };
const GRADES: api.Grade[] = ["supported", "near", "unsupported"];
const ACTS = ["reviewed", "corrected", "signed_off"] as const;

// A text of an entry: its digest alone once it was deleted; "" for none.
type Text = { text?: string; sha256?: string } | string;

interface Place {
  document: string;
  name: Text;
  page: number;
  start: number;
  end: number;
  heading: Text;
  quote: Text;
}

interface Said {
  question?: Text;
  outcome?: string;
  answer?: Text;
  draft?: Text;
  sentences?: { start: number; end: number; needs_support: boolean; grade: api.Grade; why_not: Text }[];
  citations?: Place[];
  quotes?: Place[];
  read?: unknown[];
  visible?: { documents: number };
  notes?: Text[];
  model?: { name: string } | null;
  left_machine?: { to: string; what: string }[];
  words?: Text;
  matter?: Text;
  what?: string;
  years?: number;
  entries?: number[];
}

interface Entry {
  number: number;
  texts: boolean;
  entry: { kind: string; of?: number; time: string; program: string; person: { account?: string; token?: string } | null; said: Said };
}

interface Opened extends Entry {
  acts: Entry[];
  head: string;
}

const textOf = (text: Text | undefined): string => (typeof text === "string" ? text : !text ? "" : (text.text ?? t.record.deleted));
const personOf = ({ entry }: Entry) => entry.person?.account ?? entry.person?.token ?? t.record.nobody;
const timeOf = ({ entry }: Entry) => moment(Date.parse(entry.time) / 1000);

// What an entry says, in one line.
function whatOf({ entry }: Entry): string {
  const { said, kind } = entry;
  if (kind === "question") return textOf(said.question);
  if (kind === "deleted") return t.record.gone(said.what ?? "", said.entries ?? []);
  const words = textOf(said.words);
  const about = said.matter !== undefined ? textOf(said.matter) : t.record.about(entry.of ?? 0);
  return words ? `${about}: ${words}` : about;
}

function Grades({ said }: { said: Said }) {
  const graded = (said.sentences ?? []).filter((one) => one.needs_support);
  const counts = GRADES.map((grade) => [grade, graded.filter((one) => one.grade === grade).length] as const).filter(([, n]) => n > 0);
  return (
    <>
      {counts.map(([grade, n]) => (
        <span key={grade} class={grade} title={t.answer.grade[grade]}>
          <span aria-hidden="true">{MARK[grade]}</span> {number(n)}
          <span class="unseen"> {t.answer.grade[grade]}</span>{" "}
        </span>
      ))}
    </>
  );
}

function Quote({ place }: { place: Place }) {
  const name = textOf(place.name);
  const at: Shown = { document: place.document, name, start: place.start, end: place.end, page: place.page || null };
  const where = [place.page ? t.record.page(place.page) : "", textOf(place.heading)].filter(Boolean).join(" · ");
  return (
    <figure class="quote">
      <blockquote>{textOf(place.quote)}</blockquote>
      <figcaption>
        <button type="button" class="source" aria-label={t.answer.open(name)} onClick={() => show(at)}>
          <bdi>{name}</bdi>
        </button>{" "}
        <span class="where">{where}</span>
      </figcaption>
    </figure>
  );
}

function Question({ said }: { said: Said }) {
  const draft = textOf(said.draft ?? said.answer);
  const sentences = said.sentences ?? [];
  const places = said.citations?.length ? said.citations : (said.quotes ?? []);
  return (
    <>
      {sentences.length > 0 ? (
        <ul class="graded">
          {sentences.map((one, i) => (
            <li key={i} class={one.grade}>
              {sliceBytes(draft, one.start, one.end)}{" "}
              {one.needs_support && (
                <span class="faint">
                  {MARK[one.grade]} {t.answer.grade[one.grade]}
                  {textOf(one.why_not) && `: ${textOf(one.why_not)}`}
                </span>
              )}
            </li>
          ))}
        </ul>
      ) : (
        places.length === 0 && <p>{textOf(said.answer)}</p>
      )}
      {places.map((place, i) => (
        <Quote key={i} place={place} />
      ))}
      <p class="faint">
        {t.record.grounds(said.read?.length ?? 0, said.visible?.documents ?? 0)} {said.model ? t.record.by(said.model.name) : t.record.noModel}{" "}
        {said.left_machine?.length ? said.left_machine.map((one) => t.record.sent(one.to, one.what)).join(" ") : t.record.stayed}
      </p>
      {(said.notes ?? []).map((note, i) => (
        <p key={i} class="note-line">
          {textOf(note)}
        </p>
      ))}
    </>
  );
}

function Act({ of, done }: { of: number; done: () => void }) {
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const act = async (which: (typeof ACTS)[number]) => {
    setBusy(true);
    setError(null);
    try {
      await api.call("POST", `/api/record/${of}/acts`, { act: which, words: words.trim() });
      setWords("");
      done();
    } catch (failed) {
      setError(failed as Error);
    }
    setBusy(false);
  };
  return (
    <div class="act">
      <label for="record-words">{t.record.words}</label>
      <textarea id="record-words" rows={2} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      <div class="buttons">
        {ACTS.map((one) => (
          <button key={one} type="button" disabled={busy || (one === "corrected" && !words.trim())} onClick={() => act(one)}>
            {t.record.acts[one]}
          </button>
        ))}
      </div>
      <Trouble error={error} />
    </div>
  );
}

function One({ of }: { of: string }) {
  const { value: opened, error, again } = useLoad((signal) => api.get<Opened>(`/api/record/${encodeURIComponent(of)}`, signal), [of]);
  return (
    <>
      <p>
        <a href={link("record", { matter: route.value.parameters.get("matter") ?? undefined })}>{t.record.back}</a>
      </p>
      <Trouble error={error} retry={again} />
      {opened && (
        <article>
          <h2>{whatOf(opened)}</h2>
          <p class="faint">
            {t.record.entry(opened.number, t.record.kinds[opened.entry.kind] ?? opened.entry.kind)} · {timeOf(opened)} · <bdi>{personOf(opened)}</bdi> ·{" "}
            {opened.entry.program}
          </p>
          {!opened.texts && <p class="note-line">{t.record.textsGone}</p>}
          {opened.entry.kind === "question" && <Question said={opened.entry.said} />}
          <h3>{t.record.since}</h3>
          {opened.acts.length === 0 && <p class="faint">{t.record.nothingSince}</p>}
          <ul class="acts">
            {opened.acts.map((act) => (
              <li key={act.number}>
                <b>{t.record.kinds[act.entry.kind] ?? act.entry.kind}</b>, <bdi>{personOf(act)}</bdi>, {timeOf(act)}
                {textOf(act.entry.said.words) && <>: {textOf(act.entry.said.words)}</>}
              </li>
            ))}
          </ul>
          {opened.entry.kind === "question" && <Act of={opened.number} done={again} />}
          <Head text={opened.head} />
        </article>
      )}
    </>
  );
}

// What stands for the whole record: to be noted outside.
function Head({ text }: { text: string }) {
  return (
    <p class="head">
      {t.record.head} <Command text={text} />
    </p>
  );
}

function List() {
  const matter = route.value.parameters.get("matter") ?? "";
  const [limit, setLimit] = useState(PAGE);
  const { value, error, again } = useLoad(
    (signal) => api.get<{ entries: Entry[]; next: string | null }>(`/api/record${api.query({ matter, limit })}`, signal),
    [matter, limit],
  );
  const head = useLoad((signal) => api.get<{ head: string }>("/api/record/head", signal), []);
  return (
    <>
      <div class="filters">
        <label for="record-matter">{t.record.matter}</label>
        <select id="record-matter" value={matter} onChange={(event) => (location.hash = link("record", { matter: event.currentTarget.value || undefined }))}>
          <option value="">{t.ask.everything}</option>
          {matters.value.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
        <a class="button" href={`/api/record/export${api.query({ matter })}`} download="record.jsonl">
          {t.record.export}
        </a>
      </div>
      <Trouble error={error} retry={again} />
      {value?.entries.length === 0 && <p class="faint">{t.record.none}</p>}
      {value && value.entries.length > 0 && (
        <div class="scroller">
          <table class="list record">
            <thead>
              <tr>
                {t.record.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.entries.map((one) => (
                <tr key={one.number}>
                  <td>{number(one.number)}</td>
                  <th scope="row">
                    <a href={link("record", { entry: one.number, matter: matter || undefined })}>{whatOf(one) || t.record.kinds[one.entry.kind]}</a>
                  </th>
                  <td>{t.record.kinds[one.entry.kind] ?? one.entry.kind}</td>
                  <td>
                    <bdi>{personOf(one)}</bdi>
                  </td>
                  <td>{timeOf(one)}</td>
                  <td>
                    <Grades said={one.entry.said} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {value?.next && limit < 1000 && (
        <button type="button" onClick={() => setLimit(limit + PAGE)}>
          {t.more}
        </button>
      )}
      <Trouble error={head.error} retry={head.again} />
      {head.value && <Head text={head.value.head} />}
    </>
  );
}

export function Record() {
  const entry = route.value.parameters.get("entry");
  return (
    <div class="view">
      <h1>{t.record.title}</h1>
      <p class="lead">{t.record.what}</p>
      {entry ? <One key={entry} of={entry} /> : <List />}
    </div>
  );
}
