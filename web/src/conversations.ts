// Conversations. The daemon keeps what was answered (/api/conversations); the tab keeps what is being asked: of a question
// that a reload interrupts its words alone, and nothing of what the documents say.
import { computed, signal } from "@preact/signals";

import * as api from "./api";
import { everyChange, shown } from "./state";
import { t } from "./texts";

export interface Stage {
  stage: string;
  model?: string;
  progress?: number;
  before?: number;
}

// What a question is asked with.
export interface Manner {
  matters: string[]; // none: all
  style: api.Style;
  everywhere?: boolean; // whatever document it names
}

export interface Turn extends Manner {
  id: string;
  question: string;
  state: "running" | "done" | "failed" | "stopped" | "interrupted";
  stage: Stage;
  quotes: api.Quote[];
  written: string;
  answer?: api.Answer;
  error?: { message: string; nextStep: string };
}

const AT_ONCE = 50;
const newId = () => `page-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;

// ---- what the tab remembers ----

const read = (key: string) => {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
};
const keep = (key: string, value: unknown) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full: what is on the page stays on the page
  }
};

interface Asked {
  conversation: string;
  turn: Turn;
  kept?: boolean; // the daemon has it
}

// Asked in this tab, whatever became of it.
const asked = signal<Asked[]>(
  ((read("asked") ?? []) as Asked[]).map(({ conversation, turn }) => ({
    conversation,
    turn: { ...turn, state: turn.state === "running" ? "interrupted" : turn.state, stage: { stage: "" }, quotes: [], written: "" },
  })),
);
let fresh = newId();
export const current = signal<string>(read("current") ?? fresh);
export const field = signal<string>(read("field") ?? "");
const running = new Map<string, AbortController>();

field.subscribe((text) => keep("field", text));
current.subscribe((id) => keep("current", id === fresh ? null : id));
// What a reload breaks off has not failed.
let leaving = false;
addEventListener("pagehide", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));
asked.subscribe((all) => {
  if (leaving) return;
  const unanswered = all.filter(({ turn }) => turn.state !== "done");
  keep("asked", unanswered.map(({ conversation, turn }) => {
    const { id, question, matters, style, everywhere, state, error } = turn;
    return { conversation, turn: { id, question, matters, style, everywhere, state, error } };
  }));
});

// ---- what the daemon keeps ----

export const conversations = signal<api.Conversation[]>([]);
export const more = signal<string | null>(null); // how the next ones are asked for
export const words = signal("");
export const listError = signal<Error | null>(null);
// Of `current`.
const kept = signal<{ conversation: string; turns: Turn[]; removed: number }>({ conversation: "", turns: [], removed: 0 });
export const keptError = signal<Error | null>(null);

export const removed = computed(() => (kept.value.conversation === current.value ? kept.value.removed : 0));
export const turns = computed<Turn[]>(() => [
  ...(kept.value.conversation === current.value ? kept.value.turns : []),
  ...asked.value.filter((one) => one.conversation === current.value).map((one) => one.turn),
]);

const pathOf = (id: string) => `/api/conversations/${encodeURIComponent(id)}`;

export async function refreshList() {
  const wanted = words.value;
  try {
    const found = await api.get<api.Conversations>(`/api/conversations${api.query({ words: wanted, limit: Math.min(1000, Math.max(AT_ONCE, conversations.value.length)) })}`);
    if (wanted !== words.value) return;
    conversations.value = found.conversations;
    more.value = found.next;
    listError.value = null;
  } catch (error) {
    listError.value = error as Error;
  }
}

export async function showMore() {
  const next = await api.get<api.Conversations>(`/api/conversations${api.query({ words: words.value, limit: AT_ONCE, after: more.value ?? "" })}`);
  conversations.value = [...conversations.value, ...next.conversations];
  more.value = next.next;
}

const turnOf = (one: api.Exchange): Turn => ({
  id: String(one.id),
  question: one.question,
  matters: one.matters,
  style: one.style === "default" ? "" : one.style,
  state: "done",
  stage: { stage: "" },
  quotes: [],
  written: one.answer ? "" : one.text,
  answer: one.answer ?? undefined,
});

// What was asked here stays where it stands, whatever else the daemon keeps: found again by what was asked and answered.
// An answer that was found before and is no longer there went with a document.
function settle(id: string, exchanges: api.Exchange[], goneOn: number) {
  const others = [...exchanges];
  const left: Asked[] = [];
  for (const one of [...asked.value].reverse()) {
    const { turn } = one;
    if (one.conversation !== id || turn.state === "running") {
      left.unshift(one);
      continue;
    }
    const same = (exchange: api.Exchange) => exchange.question === turn.question && (turn.state === "interrupted" || exchange.text === turn.answer?.answer);
    const at = others.findLastIndex(same);
    if (at >= 0 && turn.state === "done") {
      others.splice(at, 1);
      left.unshift({ ...one, kept: true });
    } else if (!(turn.state === "done" && one.kept) && !(turn.state === "interrupted" && at >= 0)) {
      left.unshift(one);
    }
  }
  asked.value = left;
  kept.value = { conversation: id, turns: others.map(turnOf), removed: goneOn };
}

// Reads the conversation that is shown; of one that is just begun there is nothing yet.
async function load() {
  const id = current.value;
  if (id === fresh && !asked.value.some((one) => one.conversation === id)) return;
  try {
    const head = await api.get<api.Conversation>(pathOf(id));
    const all = await api.get<{ exchanges: api.Exchange[] }>(`${pathOf(id)}/exchanges`);
    if (id !== current.value) return;
    settle(id, all.exchanges, head.removed);
    keptError.value = null;
  } catch (error) {
    if (id !== current.value) return;
    const gone = (error as api.ApiError).status === 404;
    if (gone) settle(id, [], 0);
    keptError.value = gone ? null : (error as Error);
  }
}

// Something changed, in this tab or another one, or is read for the first time.
async function refresh() {
  await Promise.all([refreshList(), running.size ? undefined : load()]);
}
everyChange("conversations", () => void refresh());
words.subscribe(() => {
  if (api.session.value) void refreshList();
});

export function open(id: string) {
  current.value = id;
  shown.value = null;
  void load();
}

export function begin() {
  fresh = newId();
  current.value = fresh;
  shown.value = null;
}

export async function rename(id: string, title: string) {
  await api.call("PUT", pathOf(id), { title });
  await refreshList();
}

export async function remove(id: string) {
  for (const { conversation, turn } of asked.value) if (conversation === id) stop(turn.id);
  await api.call("DELETE", pathOf(id));
  asked.value = asked.value.filter((one) => one.conversation !== id);
  if (current.value === id) begin();
  await refreshList();
}

// ---- asking ----

export function stop(id: string) {
  running.get(id)?.abort();
}

function change(id: string, next: Partial<Turn>) {
  asked.value = asked.value.map((one) => (one.turn.id === id ? { ...one, turn: { ...one.turn, ...next } } : one));
}

// Asks in the conversation that is shown; `field` is emptied once the daemon has taken the question.
export async function ask(question: string, manner: Manner) {
  const { matters, style, everywhere } = manner;
  const conversation = current.value;
  const turn: Turn = { id: newId(), question, matters, style, everywhere, state: "running", stage: { stage: "begun" }, quotes: [], written: "" };
  asked.value = [...asked.value, { conversation, turn }];
  keep("current", conversation);
  const stopping = new AbortController();
  running.set(turn.id, stopping);
  let written = "";
  let frame = 0;
  let done = false;
  const paint = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!done) change(turn.id, { written });
    });
  };
  try {
    // The daemon knows the conversation by its id, so that a question may refer to the one before it.
    const body = { question, session: conversation, ...(matters.length ? { matter: matters } : {}), ...(style ? { style } : {}), ...(everywhere ? { everywhere } : {}) };
    for await (const { name, data } of await api.events("POST", "/api/ask", body, stopping.signal)) {
      if (field.value.trim() === question) field.value = "";
      if (name === "status") change(turn.id, { stage: data });
      else if (name === "quotes") change(turn.id, { quotes: data.quotes });
      else if (name === "token") {
        written += data.text;
        paint();
      } else if (name === "done") {
        done = true;
        change(turn.id, { state: "done", answer: data, written });
      } else if (name === "error") throw new api.ApiError(data.error?.message ?? data.message, data.error?.next_step ?? data.next_step ?? "");
    }
    if (!done) throw new api.ApiError(t.stage.brokeOff, "", api.UNREACHABLE);
  } catch (error) {
    done = true;
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
