// The view that opens first: one field, and what was asked before.
import { useEffect, useRef, useState } from "preact/hooks";

import { TurnView } from "./answer";
import * as api from "./api";
import { ask, begin, conversations, current, field, keptError, listError, more, open, refreshList, remove, removed, rename, showMore, turns, words } from "./conversations";
import { moment } from "./format";
import { Confirm, Trouble } from "./parts";
import { matters, mattersError, pending, refreshMatters, route } from "./state";
import { t } from "./texts";

const MOST_BYTES = 16 * 1024;
const STYLES = ["", "quotes", "answer", "memo"] as const;

function QuestionField({ matter, setMatter }: { matter: string; setMatter: (name: string) => void }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const [style, setStyle] = useState<api.Style>("");
  const text = field.value;
  useEffect(() => {
    const area = box.current!;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight / 3)}px`;
  }, [text]);
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, [current.value]);
  const submit = (event?: Event) => {
    event?.preventDefault();
    const question = text.trim();
    if (!question) return box.current?.focus();
    if (new TextEncoder().encode(question).length > MOST_BYTES) return setError(new Error(t.ask.tooLong));
    setError(null);
    void ask(question, { matters: matter ? [matter] : [], style });
  };
  return (
    <form class="question" onSubmit={submit}>
      <label class="unseen" for="question">
        {t.ask.label}
      </label>
      <textarea
        id="question"
        ref={box}
        rows={1}
        value={text}
        placeholder={t.ask.placeholder}
        onInput={(event) => (field.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
        }}
      />
      <div class="under">
        <label>
          <span>{t.ask.matter}</span>{" "}
          <select value={matter} onChange={(event) => setMatter(event.currentTarget.value)}>
            <option value="">{t.ask.everything}</option>
            {matters.value.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label class="style">
          <span>{t.ask.style}</span>{" "}
          <select value={style} onChange={(event) => setStyle(event.currentTarget.value as api.Style)}>
            {STYLES.map((one) => (
              <option key={one} value={one}>
                {t.ask.styles[one]}
              </option>
            ))}
          </select>
        </label>
        <button class="primary">{t.ask.send}</button>
      </div>
      <Trouble error={error} />
    </form>
  );
}

function Conversation({ one }: { one: api.Conversation }) {
  const [renaming, setRenaming] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [title, setTitle] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.select(), [renaming]);
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      await rename(one.id, title.trim());
      setError(null);
      setRenaming(false);
    } catch (failed) {
      setError(failed as Error);
    }
  };
  if (renaming) {
    return (
      <li>
        <form class="rename" onSubmit={save} onKeyDown={(e) => e.key === "Escape" && setRenaming(false)}>
          <input ref={box} value={title} maxLength={200} aria-label={t.ask.title_of} onInput={(e) => setTitle(e.currentTarget.value)} />
          <button>{t.settings.save}</button>
          <Trouble error={error} />
        </form>
      </li>
    );
  }
  const when = one.used_at ? moment(one.used_at) : "";
  return (
    <li class={one.id === current.value ? "chosen" : ""}>
      <button type="button" class="name" title={[when, ...one.matters].filter(Boolean).join(" · ")} aria-current={one.id === current.value} onClick={() => open(one.id)}>
        <bdi>{one.title}</bdi>
      </button>
      <button type="button" class="forget" aria-label={`${t.ask.rename}: ${one.title}`} onClick={() => (setTitle(one.title), setRenaming(true))}>
        ✎
      </button>
      <button type="button" class="forget" aria-label={`${t.ask.remove}: ${one.title}`} onClick={() => setRemoving(true)}>
        ×
      </button>
      {removing && (
        <Confirm title={t.ask.removeTitle(one.title)} action={t.ask.remove} run={() => remove(one.id)} done={() => setRemoving(false)}>
          <p>{t.ask.removeWhat(one.exchanges)}</p>
        </Confirm>
      )}
    </li>
  );
}

function Earlier() {
  const [error, setError] = useState<Error | null>(null);
  if (conversations.value.length === 0 && turns.value.length === 0 && !words.value && !listError.value) return null;
  return (
    <aside class="earlier" aria-label={t.ask.earlier}>
      <button type="button" class="fresh" onClick={begin}>
        {t.ask.fresh}
      </button>
      <input type="search" placeholder={t.ask.find} aria-label={t.ask.find} value={words.value} onInput={(e) => (words.value = e.currentTarget.value)} />
      <Trouble error={listError.value ?? error} retry={refreshList} />
      <ul>
        {conversations.value.map((one) => (
          <Conversation key={one.id} one={one} />
        ))}
      </ul>
      {more.value && (
        <button type="button" class="quiet" onClick={() => showMore().catch(setError)}>
          {t.more}
        </button>
      )}
      {conversations.value.length === 0 && words.value && <p class="faint">{t.ask.none}</p>}
    </aside>
  );
}

export function Ask() {
  const [matter, setMatter] = useState(route.value.parameters.get("matter") ?? "");
  const all = turns.value;
  const last = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (all.length) last.current?.lastElementChild?.scrollIntoView({ block: "start" });
  }, [all.length, current.value]);
  const nothing = !mattersError.value && matters.value.every((one) => one.documents === 0) && pending.value.length === 0;
  return (
    <div class={`ask ${all.length ? "" : "blank"}`}>
      <Earlier />
      <div class="talk">
        {all.length === 0 && (
          <div class="welcome">
            <h1>{t.ask.title}</h1>
            <p>{t.ask.hint}</p>
          </div>
        )}
        {all.length > 0 && <h1 class="unseen">{t.views.ask}</h1>}
        <Trouble error={keptError.value} retry={() => open(current.value)} />
        {removed.value > 0 && <p class="note-line">{t.ask.removed(removed.value)}</p>}
        <div ref={last} class="turns">
          {all.map((turn) => (
            <TurnView key={turn.id} turn={turn} />
          ))}
        </div>
        <div class="dock">
          <Trouble error={mattersError.value} retry={refreshMatters} />
          {nothing && <p class="faint">{t.ask.empty}</p>}
          <QuestionField matter={matter} setMatter={setMatter} />
          <p class="faint keys">{t.ask.keys}</p>
        </div>
      </div>
    </div>
  );
}
