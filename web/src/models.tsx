// Models as they come and go; settings; what the doctor says.
import { useState } from "preact/hooks";

import * as api from "./api";
import { bytes, moment, seconds } from "./format";
import { Bar, Command, Confirm, Trouble, useLoad } from "./parts";
import { models, refreshModels } from "./state";
import { t } from "./texts";

const sum = (footprint: api.Footprint) => footprint.host + Object.values(footprint.devices).reduce((a, b) => a + b, 0);

function memoryOf(one: api.Model): string {
  const held = sum(one.measured);
  const parts = [];
  if (held > 0 && one.state !== "cold") parts.push(t.models.held(bytes(held)));
  if (sum(one.planned) > 0) parts.push(t.models.planned(bytes(sum(one.planned))));
  if (one.bytes > 0) parts.push(t.models.file(bytes(one.bytes)));
  return parts.join(", ");
}

function Fetching({ one }: { one: api.Model }) {
  const pull = one.pull!;
  const [error, setError] = useState<Error | null>(null);
  const done = bytes(pull.done);
  const total = bytes(pull.total || one.bytes);
  const rate = pull.bytes_per_second === null ? "" : bytes(pull.bytes_per_second);
  const left = pull.seconds_left === null ? "" : seconds(pull.seconds_left);
  if (pull.state === "stopped") return <small>{t.models.halted(done, total)}</small>;
  if (pull.state === "failed") return <Trouble error={new api.ApiError(pull.reason, pull.next_step)} />;
  const text = pull.state === "checking" ? t.models.checking : t.models.fetching(done, total, rate, left);
  return (
    <>
      <Bar share={pull.state === "checking" || !pull.total ? null : pull.done / pull.total} label={`${one.name}: ${text}`} />
      <small>{text}</small>
      <button
        type="button"
        aria-label={`${t.models.stopFetching}: ${one.name}`}
        onClick={() => api.call("DELETE", `/api/models/${encodeURIComponent(one.name)}/pull`).catch(setError)}
      >
        {t.models.stopFetching}
      </button>
      <Trouble error={error} />
    </>
  );
}

function Fetch({ one }: { one: api.Model }) {
  const [asking, setAsking] = useState(false);
  const word = one.pull ? t.models.goOn : t.models.fetch;
  return (
    <>
      <button type="button" aria-label={`${word}: ${one.name}`} onClick={() => setAsking(true)}>
        {word}
      </button>
      {asking && (
        <Confirm
          title={t.models.fetchTitle(one.title || one.name)}
          action={t.models.fetch}
          calm
          run={async () => {
            await api.call("POST", `/api/models/${encodeURIComponent(one.name)}/pull`);
            await refreshModels();
          }}
          done={() => setAsking(false)}
        >
          <p>{t.models.fetchWhat(bytes(one.bytes), one.fetched_from)}</p>
          <p>
            {one.source && `${one.source}. `}
            {t.models.fetchLicence(one.licence || "–")}
          </p>
        </Confirm>
      )}
    </>
  );
}

function ModelRow({ one, serves }: { one: api.Model; serves: boolean }) {
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const act = async (what: string, body: unknown) => {
    setBusy(true);
    setError(null);
    try {
      await api.call("POST", `/api/models/${encodeURIComponent(one.name)}/${what}`, body);
    } catch (failed) {
      setError(failed as Error);
    }
    setBusy(false);
    await refreshModels().catch(() => {});
  };
  const there = one.installed || one.remote;
  const fetching = one.pull?.state === "fetching" || one.pull?.state === "checking";
  const known = api.session.value;
  const mine = known !== null && known !== "nobody" && known.user === "user";
  const loaded = one.state === "ready" || one.state === "draining";
  return (
    <tr>
      <th scope="row">
        {one.title || one.name}
        {one.title && one.title !== one.name && <small>{one.name}</small>}
        {serves && <small class="good">✓ {t.models.serving}</small>}
        {one.remote && <small>{t.models.remote(one.remote)}</small>}
        <Trouble error={error} />
      </th>
      <td data-label={t.models.columns.role}>{t.models.role[one.role]}</td>
      <td data-label={t.models.columns.state}>
        <span class={`state ${one.state}`}>{there ? t.models.state[one.state] : t.models.missing}</span>
        {one.state === "loading" && (
          <>
            <Bar share={one.progress || null} label={t.stage.loading(one.name)} />
            <small>{t.stage.loading("", one.progress, one.load?.seconds_left, one.load?.bytes)}</small>
          </>
        )}
        {!there && one.pull && <Fetching one={one} />}
        {one.reason && <small>{one.reason}</small>}
        {one.pinned && <small>{t.models.pinned}</small>}
        {one.expires_in !== null && loaded && <small>{t.models.expires(one.expires_in)}</small>}
        {one.leases > 0 && <small>{t.models.used(one.leases)}</small>}
        {one.waiting > 0 && <small>{t.models.waiting(one.waiting)}</small>}
      </td>
      <td data-label={t.models.columns.memory}>{memoryOf(one)}</td>
      <td data-label={t.models.columns.licence}>{one.licence}</td>
      <td class="acts">
        {!there && one.fetched_from && mine && !fetching && <Fetch one={one} />}
        {!there && !(one.fetched_from && mine) && (
          <>
            <small>{t.models.get}</small>
            <Command text={one.fetched_from ? `counsel pull ${one.name}` : "./run setup"} />
          </>
        )}
        {there && !loaded && (
          <button type="button" disabled={busy || one.state === "loading"} aria-label={`${t.models.load}: ${one.name}`} onClick={() => act("load", {})}>
            {t.models.load}
          </button>
        )}
        {there && !one.pinned && (
          <button type="button" class="quiet" disabled={busy} aria-label={`${t.models.pin}: ${one.name}`} onClick={() => act("load", { keep_alive: -1 })}>
            {t.models.pin}
          </button>
        )}
        {(loaded || one.state === "loading") && (
          <button type="button" disabled={busy && one.state !== "loading"} aria-label={`${t.models.unload}: ${one.name}`} onClick={() => act("unload", {})}>
            {t.models.unload}
          </button>
        )}
      </td>
    </tr>
  );
}

export function Models() {
  const all = models.value;
  const serving = [all?.generator.name, all?.embedder.name];
  return (
    <div class="view">
      <h1>{t.models.title}</h1>
      {!all && <p class="faint">{t.loading}</p>}
      {all && (
        <>
          <p class="lead">{t.models.memory(bytes(all.memory.available), bytes(all.memory.total))}</p>
          {[all.generator, all.embedder].map((choice, i) => choice.reason && <p class="note-line" key={i}>{choice.reason}</p>)}
          <table class="list models">
            <thead>
              <tr>
                {(["name", "role", "state", "memory", "licence"] as const).map((one) => (
                  <th scope="col" key={one}>
                    {t.models.columns[one]}
                  </th>
                ))}
                <td />
              </tr>
            </thead>
            <tbody>
              {all.models.map((one) => (
                <ModelRow key={one.name} one={one} serves={serving.includes(one.name)} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

function SettingRow({ one, changed }: { one: api.Setting; changed: () => void }) {
  const [value, setValue] = useState(one.value);
  const [said, setSaid] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const set = async (next: string | null) => {
    setError(null);
    setSaid("");
    try {
      const now = await api.call<api.Setting>("PUT", "/api/config", { name: one.name, value: next });
      setValue(now.value);
      setSaid(t.settings.saved);
      changed();
    } catch (failed) {
      setError(failed as Error);
    }
  };
  const id = `setting-${one.name}`;
  return (
    <li>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void set(value);
        }}
      >
        <label for={id}>
          <code>{one.name}</code>
          {one.environment && one.environment !== one.name && <small>{one.environment}</small>}
        </label>
        <p id={`${id}-help`}>{one.help}</p>
        <div class="buttons">
          <input id={id} value={value} readOnly={!one.over_tcp} aria-describedby={`${id}-help`} onInput={(e) => setValue(e.currentTarget.value)} autocomplete="off" />
          {one.over_tcp && value !== one.value && <button>{t.settings.save}</button>}
          {one.over_tcp && one.value !== one.default && (
            <button type="button" class="quiet" aria-label={`${t.settings.reset}: ${one.name}`} onClick={() => set(null)}>
              {t.settings.reset}
            </button>
          )}
          <span role="status">{said}</span>
        </div>
        <small>
          {t.settings.from(one.source)} · {t.settings.fallback(one.default)}
          {!one.live && ` · ${t.settings.later}`}
        </small>
        {!one.over_tcp && <Command text={`counsel config set ${one.name} VALUE`} />}
        <Trouble error={error} />
      </form>
    </li>
  );
}

export function Settings() {
  const [words, setWords] = useState("");
  const { value, error, again } = useLoad(() => api.get<{ settings: api.Setting[] }>("/api/config"), []);
  const known = api.session.value;
  if (known && known !== "nobody" && known.user !== "user") return <div class="view"><h1>{t.settings.title}</h1><p>{t.settings.notYours}</p></div>;
  const wanted = words.toLowerCase();
  const found = value?.settings.filter((one) => `${one.name} ${one.environment} ${one.help}`.toLowerCase().includes(wanted)) ?? [];
  return (
    <div class="view">
      <h1>{t.settings.title}</h1>
      <p class="lead">{t.settings.what}</p>
      <input type="search" placeholder={t.settings.find} aria-label={t.settings.find} value={words} onInput={(e) => setWords(e.currentTarget.value)} />
      <Trouble error={error} retry={again} />
      <ul class="settings">
        {found.map((one) => (
          <SettingRow key={one.name} one={one} changed={again} />
        ))}
      </ul>
      {value && found.length === 0 && <p class="faint">{t.settings.none}</p>}
    </div>
  );
}

interface Check {
  check: string;
  good: boolean;
  needed?: boolean;
  detail: string;
}

interface Status {
  version: string;
  home: string;
  started_at: number;
  memory: { daemon: number };
  documents: { count: number; chunks: number };
}

export function Doctor() {
  const status = useLoad(() => api.get<Status>("/api/status"), []);
  const checks = useLoad(() => api.get<{ checks: Check[] }>("/api/doctor"), []);
  const now = status.value;
  return (
    <div class="view">
      <h1>{t.doctor.title}</h1>
      <p class="lead">{t.doctor.what}</p>
      <Trouble error={status.error} retry={status.again} />
      {now && (
        <dl class="facts">
          <dt>{t.doctor.version}</dt>
          <dd>{now.version}</dd>
          <dt>{t.doctor.running}</dt>
          <dd>{moment(now.started_at)}</dd>
          <dt>{t.doctor.home}</dt>
          <dd>
            <code>{now.home}</code>
          </dd>
          <dt>{t.doctor.memory}</dt>
          <dd>{bytes(now.memory.daemon)}</dd>
          <dt>{t.doctor.stored}</dt>
          <dd>{t.doctor.documents(now.documents.count, now.documents.chunks)}</dd>
        </dl>
      )}
      {checks.busy && <p class="faint">{t.loading}</p>}
      <Trouble error={checks.error} retry={checks.again} />
      <ul class="checks">
        {checks.value?.checks.map((one, i) => {
          const word = one.good ? t.doctor.good : one.needed === false ? t.doctor.worth : t.doctor.bad;
          return (
            <li key={i} class={one.good ? "good" : one.needed === false ? "worth" : "bad"}>
              <span aria-hidden="true">{one.good ? "✓" : one.needed === false ? "–" : "✗"}</span> <b>{one.check}</b>
              <span class="unseen"> {word}: </span> <span>{one.detail}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
