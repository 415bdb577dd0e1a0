// Counsel's page.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import * as api from "./api";
import { Ask } from "./ask";
import { Companies } from "./companies";
import { Documents, Progress } from "./documents";
import { Enter } from "./enter";
import { Matters } from "./matters";
import { Doctor, Models, Settings } from "./models";
import { Trouble } from "./parts";
import { PlacePanel } from "./place";
import { Record as TheRecord } from "./record";
import { link, listen, route, shown, VIEWS, type View } from "./state";
import "./style.css";
import { t } from "./texts";
import { add, ofDrop, targetMatter } from "./uploads";

const SHOWN: Record<View, () => any> = { ask: Ask, documents: Documents, matters: Matters, record: TheRecord, companies: Companies, models: Models, settings: Settings, doctor: Doctor };

async function leave() {
  await api.call("DELETE", "/page/session").catch(() => {});
  sessionStorage.clear();
  location.reload();
}

function Navigation() {
  const known = api.session.value;
  return (
    <nav aria-label={t.navigation}>
      <ul>
        {VIEWS.map((view) => (
          <li key={view}>
            <a href={link(view)} aria-current={route.value.view === view ? "page" : undefined}>
              {t.views[view]}
            </a>
          </li>
        ))}
        {known && known !== "nobody" && known.expires_at && (
          <li class="leave">
            <button type="button" class="quiet" onClick={leave}>
              {t.enter.leave}
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}

// Says that the daemon is gone, and for a while that it is back.
function Connection() {
  const here = api.reachable.value;
  const [back, setBack] = useState(false);
  const was = useRef(here);
  useEffect(() => {
    if (here && !was.current) {
      setBack(true);
      const timer = setTimeout(() => setBack(false), 4000);
      was.current = here;
      return () => clearTimeout(timer);
    }
    if (!here) setBack(false);
    was.current = here;
  }, [here]);
  return (
    <div class={`connection ${here ? (back ? "back" : "") : "gone"}`} role="status">
      {here ? back && t.connection.back : t.connection.gone}
    </div>
  );
}

// Files may be dropped anywhere.
function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const files = (event: DragEvent) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!files(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (files(event) && --depth <= 0) setOver(false);
    };
    const move = (event: DragEvent) => files(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!files(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void ofDrop(event.dataTransfer!).then((found) => add(found, targetMatter.value.trim() || "general"));
    };
    addEventListener("dragenter", enter);
    addEventListener("dragleave", leave);
    addEventListener("dragover", move);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragenter", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("dragover", move);
      removeEventListener("drop", drop);
    };
  }, []);
  if (!over) return null;
  return (
    <div class="dropzone">
      <p>{t.documents.drop}</p>
      <p>
        {t.documents.into} <b>{targetMatter.value || "general"}</b>
      </p>
    </div>
  );
}

function App({ trouble }: { trouble: Error | null }) {
  const known = api.session.value;
  const view = route.value.view;
  useEffect(() => {
    document.title = known && known !== "nobody" ? `${t.views[view]} – ${t.brand}` : t.brand;
  }, [view, known]);
  const View = SHOWN[view];
  return (
    <div class={`shell ${shown.value ? "with-place" : ""}`}>
      <a class="skip" href="#content" onClick={(e) => (e.preventDefault(), document.getElementById("content")?.focus())}>
        {t.skip}
      </a>
      <header class="bar">
        <a class="brand" href={link("ask")}>
          {t.brand}
        </a>
        {known && known !== "nobody" && <Navigation />}
      </header>
      <Connection />
      <Trouble error={trouble} />
      {known === "nobody" && <Enter />}
      {known && known !== "nobody" && (
        <>
          <main id="content" tabIndex={-1}>
            <Progress />
            <View key={view + route.value.parameters} />
          </main>
          <PlacePanel />
          <DropZone />
        </>
      )}
    </div>
  );
}

async function begin() {
  const code = /^#enter=([0-9a-f]+)$/.exec(location.hash)?.[1];
  // The code leaves the address at once: it is neither kept in the history nor seen over a shoulder.
  if (code) history.replaceState(null, "", "/");
  let trouble: Error | null = null;
  try {
    api.session.value = await api.get<api.Session>("/page/session");
  } catch (error) {
    if ((error as api.ApiError).status === 401) api.session.value = "nobody";
  }
  if (code && api.session.value === "nobody") {
    try {
      await api.enter(code);
    } catch (error) {
      trouble = error as Error;
    }
  }
  const root = document.getElementById("app")!;
  root.replaceChildren();
  render(<App trouble={trouble} />, root);
  void listen();
}

void begin();
