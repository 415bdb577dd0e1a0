// Small pieces that several views are made of.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

import { ApiError } from "./api";
import { t } from "./texts";

export function Trouble({ error, retry }: { error: Error | null | undefined; retry?: () => void }) {
  if (!error) return null;
  const next = error instanceof ApiError ? error.nextStep : "";
  return (
    <div class="trouble" role="alert">
      <p>{error.message}</p>
      {next && <p class="next">{next}</p>}
      {retry && (
        <button type="button" onClick={retry}>
          {t.retry}
        </button>
      )}
    </div>
  );
}

export function Bar({ share, label }: { share: number | null; label: string }) {
  return share === null ? <progress aria-label={label} /> : <progress aria-label={label} value={share} max={1} />;
}

export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <span class="command">
      <code>{text}</code>
      <button
        type="button"
        class="quiet"
        onClick={async () => {
          await navigator.clipboard?.writeText(text);
          setCopied(true);
        }}
      >
        {copied ? t.copied : t.copy}
      </button>
    </span>
  );
}

// Asks before what cannot be undone; with `word`, that has to be typed.
export function Confirm(props: {
  title: string;
  children: ComponentChildren;
  action: string;
  calm?: boolean; // nothing is lost by it
  word?: string;
  run: () => Promise<void>;
  done: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const run = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await props.run();
      props.done();
    } catch (failed) {
      setError(failed as Error);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={props.done} aria-labelledby="confirm-title">
      <form onSubmit={run}>
        <h2 id="confirm-title">{props.title}</h2>
        <div>{props.children}</div>
        {props.word !== undefined && (
          <input aria-label={props.title} value={typed} onInput={(e) => setTyped(e.currentTarget.value)} autocomplete="off" />
        )}
        <Trouble error={error} />
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
          <button class={props.calm ? "primary" : "danger"} disabled={busy || (props.word !== undefined && typed !== props.word)}>
            {props.action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

// Loads when `key` changes; keeps what there was while it loads again.
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, key: unknown[]) {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(true);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setBusy(true);
    load(stop.signal).then(
      (loaded) => {
        if (stop.signal.aborted) return;
        setValue(() => loaded);
        setError(null);
        setBusy(false);
      },
      (failed) => {
        if (stop.signal.aborted) return;
        setError(failed);
        setBusy(false);
      },
    );
    return () => stop.abort();
  }, [...key, again]);
  return { value, error, busy, again: () => setAgain(again + 1) };
}
