// The matters, and what each holds.
import { useState } from "preact/hooks";

import * as api from "./api";
import { bytes } from "./format";
import { Confirm } from "./parts";
import { link, matters, refreshMatters } from "./state";
import { t } from "./texts";

export function Matters() {
  const [removing, setRemoving] = useState<api.Matter | null>(null);
  return (
    <div class="view">
      <h1>{t.matters.title}</h1>
      <p class="lead">{t.matters.what}</p>
      {matters.value.length === 0 && <p class="faint">{t.matters.none}</p>}
      <ul class="cards">
        {matters.value.map((one) => (
          <li key={one.name}>
            <h2>
              <bdi>{one.name}</bdi>
            </h2>
            <p>
              {t.matters.documents(one.documents)}, {bytes(one.bytes)}
              {one.pending > 0 && `, ${t.matters.pending(one.pending)}`}
            </p>
            <div class="buttons">
              <a class="button" href={link("ask", { matter: one.name })}>
                {t.matters.ask}
              </a>
              <a class="button" href={link("documents", { matter: one.name })}>
                {t.matters.list}
              </a>
              <button type="button" class="quiet" aria-label={`${t.matters.remove}: ${one.name}`} onClick={() => setRemoving(one)}>
                {t.matters.remove}
              </button>
            </div>
          </li>
        ))}
      </ul>
      {removing && (
        <Confirm
          title={t.matters.removeTitle(removing.name)}
          action={t.matters.remove}
          word={removing.name}
          run={async () => {
            await api.call("DELETE", `/api/matters/${encodeURIComponent(removing.name)}`);
            await refreshMatters();
          }}
          done={() => setRemoving(null)}
        >
          <p>
            {t.matters.removeWhat(removing.documents)} <b>{removing.name}</b>
          </p>
        </Confirm>
      )}
    </div>
  );
}
