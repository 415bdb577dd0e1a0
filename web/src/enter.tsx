// A browser that nobody knows yet.
import { useState } from "preact/hooks";

import * as api from "./api";
import { Command, Trouble } from "./parts";
import { t } from "./texts";

// What was pasted: a link with a code behind '#', or the code or token itself.
const codeIn = (text: string) => text.trim().replace(/^.*#enter=/, "");

export function Enter() {
  const [text, setText] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.enter(codeIn(text));
    } catch (failed) {
      setError(failed as Error);
    }
    setBusy(false);
  };
  return (
    <main class="enter" id="content">
      <h1>{t.enter.title}</h1>
      <p>{t.enter.why}</p>
      <p>
        <Command text={t.enter.command} />
      </p>
      <form onSubmit={submit}>
        <label for="code">{t.enter.or}</label>
        <input id="code" type="password" value={text} aria-label={t.enter.field} autocomplete="off" onInput={(e) => setText(e.currentTarget.value)} />
        <button class="primary" disabled={busy || !text.trim()}>
          {busy ? t.enter.entering : t.enter.button}
        </button>
        <Trouble error={error} />
      </form>
    </main>
  );
}
