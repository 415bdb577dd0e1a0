// The view that opens first: one field, and what was asked before.
import { useEffect, useRef, useState } from "preact/hooks";

import { TurnView } from "./answer";
import type { Style } from "./api";
import { ask, begin, conversations, current, field, forget, holding } from "./conversations";
import { Trouble } from "./parts";
import { matters, mattersError, pending, refreshMatters, route } from "./state";
import { t } from "./texts";

const MOST_BYTES = 16 * 1024;
const STYLES = ["", "quotes", "answer", "memo"] as const;

function QuestionField({ matter, setMatter }: { matter: string; setMatter: (name: string) => void }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const [style, setStyle] = useState<Style>("");
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
    void ask(question, matter, style);
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
          <select value={style} onChange={(event) => setStyle(event.currentTarget.value as Style)}>
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

function Earlier() {
  const [words, setWords] = useState("");
  if (conversations.value.length === 0) return null;
  const found = holding(words);
  return (
    <aside class="earlier" aria-label={t.ask.earlier}>
      <button type="button" class="fresh" onClick={begin}>
        {t.ask.fresh}
      </button>
      <input type="search" placeholder={t.ask.find} aria-label={t.ask.find} value={words} onInput={(e) => setWords(e.currentTarget.value)} />
      <ul>
        {found.map((one) => (
          <li key={one.id} class={one.id === current.value ? "chosen" : ""}>
            <button type="button" aria-current={one.id === current.value} onClick={() => (current.value = one.id)}>
              <bdi>{one.turns[0]?.question}</bdi>
            </button>
            <button type="button" class="forget" aria-label={`${t.ask.forget}: ${one.turns[0]?.question}`} onClick={() => forget(one.id)}>
              ×
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="faint">{t.ask.none}</p>}
    </aside>
  );
}

export function Ask() {
  const [matter, setMatter] = useState(route.value.parameters.get("matter") ?? "");
  const conversation = conversations.value.find((one) => one.id === current.value);
  const turns = conversation?.turns ?? [];
  const last = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (turns.length) last.current?.lastElementChild?.scrollIntoView({ block: "start" });
  }, [turns.length, current.value]);
  const nothing = !mattersError.value && matters.value.every((one) => one.documents === 0) && pending.value.length === 0;
  return (
    <div class={`ask ${turns.length ? "" : "blank"}`}>
      <Earlier />
      <div class="talk">
        {turns.length === 0 && (
          <div class="welcome">
            <h1>{t.ask.title}</h1>
            <p>{t.ask.hint}</p>
          </div>
        )}
        {turns.length > 0 && <h1 class="unseen">{t.views.ask}</h1>}
        <div ref={last} class="turns">
          {turns.map((turn) => (
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
