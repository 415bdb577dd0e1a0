// Conversations of this tab. They are kept in its sessionStorage, so that a reload loses none and the end of the tab
// leaves nothing on the disk of what the documents say.
import { signal } from "@preact/signals";

import * as api from "./api";
import { shown } from "./state";
import { t } from "./texts";

export interface Stage {
  stage: string;
  model?: string;
  progress?: number;
  before?: number;
}

export interface Turn {
  id: string;
  question: string;
  matter: string; // "" for all
  style?: api.Style;
  state: "running" | "done" | "failed" | "stopped" | "interrupted";
  stage: Stage;
  quotes: api.Quote[];
  written: string;
  answer?: api.Answer;
  error?: { message: string; nextStep: string };
}

export interface Conversation {
  id: string;
  turns: Turn[];
}

const KEY = "conversations";
const MOST = 50;

function load(): Conversation[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as Conversation[];
    for (const turn of kept.flatMap((one) => one.turns)) if (turn.state === "running") turn.state = "interrupted";
    return kept;
  } catch {
    return [];
  }
}

export const conversations = signal<Conversation[]>(load());
export const current = signal<string>(conversations.value[0]?.id ?? "");
export const field = signal(sessionStorage.getItem("field") ?? "");
const running = new Map<string, AbortController>();

field.subscribe((text) => keep("field", text));

function keep(key: string, text: string) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // full: what is on the page stays on the page
  }
}

let saving = 0;
conversations.subscribe((all) => {
  clearTimeout(saving);
  saving = setTimeout(() => keep(KEY, JSON.stringify(all)), 300);
});
addEventListener("pagehide", () => keep(KEY, JSON.stringify(conversations.value)));

const newId = () => crypto.getRandomValues(new Uint32Array(2)).join("-");

function change(id: string, next: Partial<Turn>) {
  conversations.value = conversations.value.map((one) =>
    one.turns.some((turn) => turn.id === id) ? { ...one, turns: one.turns.map((turn) => (turn.id === id ? { ...turn, ...next } : turn)) } : one,
  );
}

export function begin() {
  current.value = "";
  shown.value = null;
}

export function forget(id: string) {
  for (const turn of conversations.value.find((one) => one.id === id)?.turns ?? []) stop(turn.id);
  conversations.value = conversations.value.filter((one) => one.id !== id);
  if (current.value === id) current.value = "";
}

export function stop(id: string) {
  running.get(id)?.abort();
}

// Asks; `field` is emptied once the daemon has taken the question.
export async function ask(question: string, matter: string, style: api.Style = "") {
  const turn: Turn = { id: newId(), question, matter, style, state: "running", stage: { stage: "begun" }, quotes: [], written: "" };
  const before = conversations.value.find((one) => one.id === current.value);
  const conversation = before ?? { id: newId(), turns: [] };
  const others = conversations.value.filter((one) => one !== before).slice(0, MOST - 1);
  conversations.value = [{ ...conversation, turns: [...conversation.turns, turn] }, ...others];
  current.value = conversation.id;
  const stopping = new AbortController();
  running.set(turn.id, stopping);
  let written = "";
  let frame = 0;
  const paint = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      change(turn.id, { written });
    });
  };
  try {
    // The daemon knows the conversation by its id, so that a question may refer to the one before it.
    const body = { question, session: `page-${conversation.id}`, ...(matter ? { matter } : {}), ...(style ? { style } : {}) };
    for await (const { name, data } of api.events("POST", "/api/ask", body, stopping.signal)) {
      if (field.value.trim() === question) field.value = "";
      if (name === "status") change(turn.id, { stage: data });
      else if (name === "quotes") change(turn.id, { quotes: data.quotes });
      else if (name === "token") {
        written += data.text;
        paint();
      } else if (name === "done") change(turn.id, { state: "done", answer: data, written });
      else if (name === "error") throw new api.ApiError(data.error?.message ?? data.message, data.error?.next_step ?? data.next_step ?? "");
    }
    const now = conversations.value.flatMap((one) => one.turns).find((one) => one.id === turn.id);
    if (now?.state === "running") throw new api.ApiError(t.stage.interrupted);
  } catch (error) {
    if (stopping.signal.aborted) {
      change(turn.id, { state: "stopped", written });
    } else {
      const { message, nextStep } = error as api.ApiError;
      if (!field.value) field.value = question;
      change(turn.id, { state: "failed", written, error: { message, nextStep: nextStep ?? "" } });
    }
  } finally {
    running.delete(turn.id);
  }
}

export function holding(words: string): Conversation[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return conversations.value.filter((one) => {
    const text = one.turns.map((turn) => `${turn.question} ${turn.answer?.answer ?? turn.written}`).join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
