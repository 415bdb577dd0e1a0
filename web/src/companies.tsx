// What Companies House says of a company.
import { useState } from "preact/hooks";

import { Disagreements } from "./answer";
import * as api from "./api";
import { dayOf, moment } from "./format";
import { Command, Trouble, useLoad } from "./parts";
import { matters } from "./state";
import { t } from "./texts";

interface Read {
  source: string;
  read_at: number;
  stale: boolean;
  problem: string | null;
}

interface Part<T> {
  items: T[];
  total: number;
  read: Read | null;
}

interface Hit {
  number: string;
  name: string;
  status: string;
  created: string | null;
  address: string | null;
}

interface Dossier {
  company: { number: string; name: string; status: string; created: string | null; registered_office: string | null; read: Read | null };
  remarks: string[];
  officers: Part<{ name: string; role: string; appointed_on: string | null; resigned_on: string | null }>;
  owners: Part<{ name: string | null; kind: string; natures_of_control: string[]; notified_on: string | null }>;
  charges: Part<{ code: string; status: string; created_on: string | null; holders: string[] }>;
  filings: Part<{ date: string | null; description: string; category: string }>;
}

const plain = (text: string) => text.replace(/[-_]/g, " ");

function Section<T>({ title, part, row }: { title: string; part: Part<T>; row: (item: T) => any }) {
  return (
    <section>
      <h2>
        {title} <small>{part.total || ""}</small>
      </h2>
      {part.items.length === 0 && <p class="faint">{t.companies.nothing}</p>}
      <ul class="plain">
        {part.items.map((item, i) => (
          <li key={i}>{row(item)}</li>
        ))}
      </ul>
      {part.read && <p class="faint">{t.companies.read(moment(part.read.read_at), part.read.stale)}</p>}
    </section>
  );
}

interface Watched {
  companies: { matter: string; number: string }[];
}

interface Compared {
  companies: { disagreements: api.Disagreement[] }[];
}

// The matters that name it: they are asked about it like about a document, and their documents are compared with it.
function InMatters({ number }: { number: string }) {
  const path = `/api/companies/${encodeURIComponent(number)}`;
  const watched = useLoad(() => api.get<Watched>("/api/companies/watch"), [number]);
  const compared = useLoad(() => api.get<Compared>(`${path}/disagreements`), [number, watched.value]);
  const [matter, setMatter] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const change = async (method: string, target: string, body?: unknown) => {
    setError(null);
    try {
      await api.call(method, target, body);
      watched.again();
    } catch (failed) {
      setError(failed as Error);
    }
  };
  const named = watched.value?.companies.filter((one) => one.number === number) ?? [];
  return (
    <section>
      <h2>{t.companies.inMatters}</h2>
      <p class="faint">{t.companies.inMattersWhat}</p>
      <ul class="plain">
        {named.map((one) => (
          <li key={one.matter}>
            <bdi>{one.matter}</bdi>{" "}
            <button type="button" class="quiet" aria-label={`${t.companies.unname}: ${one.matter}`} onClick={() => change("DELETE", `${path}/watch${api.query({ matter: one.matter })}`)}>
              {t.companies.unname}
            </button>
          </li>
        ))}
      </ul>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void change("PUT", `${path}/watch`, { matter: matter || matters.value[0]?.name || "general" });
        }}
      >
        <label>
          {t.documents.matter}{" "}
          <select value={matter} onChange={(event) => setMatter(event.currentTarget.value)}>
            {matters.value.length === 0 && <option value="">general</option>}
            {matters.value.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <button>{t.companies.name}</button>
      </form>
      <Trouble error={error ?? watched.error} />
      <Disagreements list={compared.value?.companies.flatMap((one) => one.disagreements)} />
    </section>
  );
}

function Company({ number, back }: { number: string; back: () => void }) {
  const { value, error, busy, again } = useLoad((signal) => api.get<Dossier>(`/api/companies/${encodeURIComponent(number)}`, signal), [number]);
  return (
    <>
      <p>
        <button type="button" class="quiet" onClick={back}>
          ‹ {t.companies.back}
        </button>
      </p>
      {busy && !value && <p class="faint">{t.loading}</p>}
      <Trouble error={error} retry={again} />
      {value && (
        <div class="dossier">
          <h2>
            <bdi>{value.company.name}</bdi> <small>{value.company.number}</small>
          </h2>
          <p>
            {[plain(value.company.status), t.companies.appointed(dayOf(value.company.created)), value.company.registered_office].filter(Boolean).join(" · ")}
          </p>
          {value.company.read?.problem && <p class="note-line">{value.company.read.problem}</p>}
          {value.remarks.length > 0 && (
            <section>
              <h2>{t.companies.remarks}</h2>
              <ul>
                {value.remarks.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            </section>
          )}
          <InMatters number={value.company.number} />
          <Section
            title={t.companies.officers}
            part={value.officers}
            row={(one) => (
              <>
                <b>{one.name}</b>, {plain(one.role)}
                {one.appointed_on && `, ${t.companies.appointed(dayOf(one.appointed_on))}`}
                {one.resigned_on && `, ${t.companies.resigned(dayOf(one.resigned_on))}`}
              </>
            )}
          />
          <Section
            title={t.companies.owners}
            part={value.owners}
            row={(one) => (
              <>
                <b>{one.name ?? plain(one.kind)}</b>: {one.natures_of_control.map(plain).join("; ")}
              </>
            )}
          />
          <Section
            title={t.companies.charges}
            part={value.charges}
            row={(one) => [one.code, plain(one.status), dayOf(one.created_on), one.holders.join(", ")].filter(Boolean).join(" · ")}
          />
          <Section title={t.companies.filings} part={value.filings} row={(one) => `${dayOf(one.date)}: ${one.description}`} />
        </div>
      )}
    </>
  );
}

export function Companies() {
  const status = useLoad(() => api.get<{ configured: boolean }>("/api/companies/status"), []);
  const [words, setWords] = useState("");
  const [found, setFound] = useState<{ companies: Hit[]; total: number } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [number, setNumber] = useState("");
  const search = async (event?: Event) => {
    event?.preventDefault();
    const wanted = words.trim();
    if (!wanted) return;
    setError(null);
    if (/^([a-z]{2})?\d{1,8}$/i.test(wanted)) return setNumber(wanted);
    try {
      setFound(await api.get(`/api/companies${api.query({ q: wanted })}`));
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <div class="view">
      <h1>{t.companies.title}</h1>
      <p class="lead">{t.companies.what}</p>
      <Trouble error={status.error} retry={status.again} />
      {status.value && !status.value.configured && (
        <p class="note-line">
          {t.companies.notConfigured} <Command text="counsel company login" />
        </p>
      )}
      {number ? (
        <Company number={number} back={() => setNumber("")} />
      ) : (
        <>
          <form class="filters" onSubmit={search}>
            <label class="unseen" for="company">
              {t.companies.field}
            </label>
            <input id="company" type="search" placeholder={t.companies.field} value={words} onInput={(e) => setWords(e.currentTarget.value)} />
            <button class="primary">{t.companies.search}</button>
          </form>
          <Trouble error={error} retry={search} />
          {found && <p class="faint">{found.companies.length ? t.companies.results(found.total) : t.companies.none}</p>}
          <ul class="plain">
            {found?.companies.map((one) => (
              <li key={one.number}>
                <button type="button" class="source" onClick={() => setNumber(one.number)}>
                  <bdi>{one.name}</bdi>
                </button>{" "}
                <span class="where">{[one.number, plain(one.status), dayOf(one.created), one.address].filter(Boolean).join(" · ")}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
