// What several views share: where the user is, what the daemon tells while it happens.
import { computed, signal } from "@preact/signals";

import * as api from "./api";

export type View = "ask" | "documents" | "matters" | "record" | "companies" | "models" | "settings" | "doctor";
export const VIEWS: View[] = ["ask", "documents", "matters", "record", "companies", "models", "settings", "doctor"];

export interface Route {
  view: View;
  parameters: URLSearchParams;
}

function read(): Route {
  const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
  const view = VIEWS.find((one) => one === path) ?? "ask";
  return { view, parameters: new URLSearchParams(search ?? "") };
}

export const route = signal<Route>(read());
addEventListener("hashchange", () => (route.value = read()));

export const link = (view: View, parameters: Record<string, string | number | undefined> = {}) =>
  `#/${view}${api.query(parameters)}`;

export const matters = signal<api.Matter[]>([]);
export const models = signal<api.Models | null>(null);
// Documents that are being read, by id.
export const progress = signal<Map<string, api.DocProgress>>(new Map());
// Counts up when the list of documents may have changed.
export const documentsChanged = signal(0);
// What was to be known and could not be, told where it is missing.
export const mattersError = signal<Error | null>(null);

export const pending = computed(() => [...progress.value.values()].filter((one) => one.state !== "ready" && one.state !== "failed"));

export async function refreshMatters() {
  try {
    matters.value = (await api.get<{ matters: api.Matter[] }>("/api/matters?limit=1000")).matters;
    mattersError.value = null;
  } catch (error) {
    mattersError.value = error as Error;
  }
}

export async function refreshModels() {
  models.value = await api.get<api.Models>("/api/models");
}

// At most once in `pause` milliseconds, and once after the last call.
function seldom(work: () => unknown, pause: number) {
  let timer = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      Promise.resolve(work()).catch(() => {});
    }, pause);
  };
}

const soonModels = seldom(refreshModels, 400);
const soonDocuments = seldom(() => {
  documentsChanged.value++;
  return refreshMatters();
}, 1000);

// What else is to be done when something happened, or may have while nobody listened.
const changes = new Map<string, () => void>();

export function everyChange(name: string, work: () => unknown) {
  changes.set(name, seldom(work, 300));
}

function take(event: api.StreamEvent) {
  if (event.name === "document") {
    const one = event.data as api.DocProgress;
    const before = progress.value.get(one.id);
    const next = new Map(progress.value);
    if (one.state === "ready" || one.state === "failed") next.delete(one.id);
    else next.set(one.id, one);
    progress.value = next;
    if (before?.state !== one.state) soonDocuments();
  } else if (event.name === "deleted") {
    soonDocuments();
    changes.get("conversations")?.();
  } else if (changes.has(event.name)) {
    changes.get(event.name)!();
  } else if (event.name === "pull" && models.value) {
    const { model, pull } = event.data;
    models.value = { ...models.value, models: models.value.models.map((one) => (one.name === model ? { ...one, pull } : one)) };
    if (!pull || pull.state === "failed" || pull.state === "stopped") soonModels();
  } else if (event.name === "model" && event.data.state === "loading" && models.value) {
    const { model, progress: share, load, reason } = event.data;
    models.value = {
      ...models.value,
      models: models.value.models.map((one) => (one.name === model ? { ...one, state: "loading", progress: share, load, reason } : one)),
    };
  } else {
    soonModels();
    if (event.name === "lost") soonDocuments();
  }
}

// Listens as long as the page is seen: a browser has few connections for each host, and a hidden tab needs none.
export async function listen() {
  let pause = 500;
  for (;;) {
    await visible();
    const gone = new AbortController();
    const hide = () => document.hidden && gone.abort();
    document.addEventListener("visibilitychange", hide);
    try {
      const known = api.session.value;
      if (!known || known === "nobody") api.session.value = await api.get<api.Session>("/page/session");
      // What is fetched before somebody listens may be out of date before anything tells.
      const told = await api.events("GET", "/api/events", undefined, gone.signal);
      await Promise.all([refreshMatters(), refreshModels()]);
      progress.value = new Map();
      documentsChanged.value++;
      for (const again of changes.values()) again();
      pause = 500;
      for await (const event of told) take(event);
    } catch (error) {
      if ((error as api.ApiError).status === 401) {
        api.session.value = "nobody";
        await entered();
      }
    } finally {
      document.removeEventListener("visibilitychange", hide);
    }
    if (!gone.signal.aborted) {
      if (api.session.value !== "nobody") api.reachable.value = false;
      await new Promise((done) => setTimeout(done, pause));
      pause = Math.min(pause * 1.5, 5000);
    }
  }
}

function visible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((done) => document.addEventListener("visibilitychange", () => done(), { once: true }));
}

function entered(): Promise<void> {
  return new Promise((done) => {
    const stop = api.session.subscribe((known) => {
      if (known === "nobody" || known === null) return;
      queueMicrotask(() => stop());
      done();
    });
  });
}

// ---- the place that is shown beside the view ----

export interface Shown {
  document: string;
  name: string;
  start?: number;
  end?: number;
  page?: number | null;
}

// What is open, and what it is one of: the sources of an answer.
export const shown = signal<Shown | null>(null);
export const among = signal<Shown[]>([]);

let opener: HTMLElement | null = null;

export function show(place: Shown, of: Shown[] = []) {
  if (!shown.value) opener = document.activeElement as HTMLElement | null;
  among.value = of;
  shown.value = place;
}

export function closePlace() {
  shown.value = null;
  among.value = [];
  opener?.focus();
  opener = null;
}
