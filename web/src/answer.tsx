// One question and what came of it.
import { useState } from "preact/hooks";

import * as api from "./api";
import { ask, stop, type Turn } from "./conversations";
import { moment, sliceBytes } from "./format";
import { Bar, Trouble } from "./parts";
import { models, show, type Shown } from "./state";
import { t } from "./texts";

const MARK: Record<api.Grade, string> = { supported: "●", near: "◐", unsupported: "○" };

export const gradeOf = (one: api.Sentence): api.Grade => one.grade ?? (one.supported ? "supported" : "unsupported");

// "page 3 · Clause 4.2 · footnote 1 · read by OCR"
export function whereOf(place: api.Place): string {
  const parts = [];
  if (place.inside) parts.push(`in ${place.inside}`);
  if (place.page) parts.push(`page ${place.page}`);
  if (place.heading) parts.push(place.heading.replace(/\s*(\n| > )\s*/g, " › "));
  for (const part of place.stands_in ?? []) if (part.kind !== "heading") parts.push(part.words);
  if (place.ocr) parts.push(t.place.ocr(place.ocr_confidence).toLowerCase().replace("ocr", "OCR"));
  return parts.join(" · ");
}

// Lines that were broken for paper run on; paragraphs and lists stay.
export const reflow = (text: string) => text.replace(/(\S)[ \t]*\n[ \t]*(?![\n\-*•]|\d+[.)]|\([a-z0-9]{1,3}\))/g, "$1 ");

const toShown = (place: api.Place): Shown => ({ document: place.document, name: place.name, start: place.start, end: place.end, page: place.page });

function Source({ place, of, text, leadIn }: { place: api.Place; of: Shown[]; text: string; leadIn?: string }) {
  return (
    <figure class="quote">
      <blockquote>
        {leadIn && <span class="leadin">{reflow(leadIn)} </span>}
        {reflow(text)}
      </blockquote>
      <figcaption>
        <button type="button" class="source" aria-label={t.answer.open(place.name)} onClick={() => show(toShown(place), of)}>
          <bdi>{place.name}</bdi>
        </button>{" "}
        <span class="where">{whereOf(place)}</span>
      </figcaption>
    </figure>
  );
}

// The citations that stand behind a sentence, by their places in the answer.
function behind(answer: api.Answer, sentence: api.Sentence): number[] {
  const found: number[] = [];
  answer.citations.forEach((one, i) => {
    if (one.answer_start < sentence.end && one.answer_end > sentence.start) found.push(i);
  });
  return found;
}

function Sentences({ answer, of }: { answer: api.Answer; of: Shown[] }) {
  const pieces = [];
  let at = 0;
  answer.sentences.forEach((sentence, i) => {
    if (sentence.start > at) pieces.push(sliceBytes(answer.draft, at, sentence.start));
    const text = sliceBytes(answer.draft, sentence.start, sentence.end);
    at = sentence.end;
    if (!sentence.needs_support) {
      pieces.push(<span key={i}>{text}</span>);
      return;
    }
    const grade = gradeOf(sentence);
    const sources = behind(answer, sentence);
    pieces.push(
      <span key={i} class={`sentence ${grade}`}>
        {text}
        <span class="grade" title={t.answer.legend[grade]}>
          <span aria-hidden="true">{MARK[grade]}</span>
          <span class="unseen"> ({t.answer.grade[grade]})</span>
        </span>
        {sources.map((n) => (
          <button
            key={n}
            type="button"
            class="note"
            title={answer.citations[n].quote}
            aria-label={`${t.answer.open(answer.citations[n].name)}: ${answer.citations[n].quote}`}
            onClick={() => show(of[n], of)}
          >
            {n + 1}
          </button>
        ))}
        {grade === "near" && sentence.differences && sentence.differences.length > 0 && (
          <small class="why"> {sentence.differences.join("; ")}</small>
        )}
        {grade === "unsupported" && (sentence.why_not || (sentence.differences?.length ?? 0) > 0) && (
          <small class="why"> {[sentence.why_not, sentence.differences?.join("; ")].filter(Boolean).join(" ")}</small>
        )}
      </span>,
    );
  });
  const bytes = new TextEncoder().encode(answer.draft).length;
  if (at < bytes) pieces.push(sliceBytes(answer.draft, at, bytes));
  return <div class="written">{pieces}</div>;
}

function Legend({ answer }: { answer: api.Answer }) {
  const there = new Set(answer.sentences.filter((one) => one.needs_support).map(gradeOf));
  return (
    <ul class="legend">
      {(["supported", "near", "unsupported"] as const)
        .filter((grade) => there.has(grade))
        .map((grade) => (
          <li key={grade}>
            <span aria-hidden="true">{MARK[grade]}</span> <b>{t.answer.grade[grade]}</b>: {t.answer.legend[grade]}
          </li>
        ))}
    </ul>
  );
}

export function Disagreements({ list }: { list: api.Disagreement[] | undefined }) {
  if (!list?.length) return null;
  return (
    <section class="disagreements">
      <h3>{t.answer.disagreements}</h3>
      {list.map((one, i) => (
        <div class="sides" key={i}>
          {(["register", "document"] as const).map((side) => (
            <div key={side}>
              <h4>{t.answer.says[side]}</h4>
              <p>{one[side].says}</p>
              <Source place={one[side].citation} of={[]} text={one[side].citation.quote} />
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}

function Contradictions({ list }: { list: api.Contradiction[] | undefined }) {
  if (!list?.length) return null;
  return (
    <section class="disagreements">
      <h3>{t.answer.contradictions}</h3>
      {list.map((one, i) => {
        const of = one.sides.map((side) => toShown(side.citation));
        return (
          <div class="sides" key={i} role="group" aria-label={one.about}>
            {one.sides.map((side, n) => (
              <div key={n}>
                <h4>
                  {one.about}: {side.says}
                </h4>
                <Source place={side.citation} of={of} text={side.citation.quote} />
              </div>
            ))}
          </div>
        );
      })}
    </section>
  );
}

function withSources(turn: Turn, answer: api.Answer): string {
  const notes = answer.citations.map((one, i) => `[${i + 1}] “${one.quote}” – ${[one.name, whereOf(one)].filter(Boolean).join(", ")}`);
  return [turn.question, "", answer.answer, "", ...notes].join("\n");
}

// Where was looked, and why: the matters, and the documents that the question names.
function Scope({ turn, answer }: { turn: Turn; answer: api.Answer }) {
  const where = answer.searched_in;
  if (!where) return null;
  const names = where.documents.map((one) => one.name);
  return (
    <>
      {where.not_there && <p class="note-line">{t.answer.notThere(where.not_there)}</p>}
      {where.chosen && names.length > 0 && (
        <p class="note-line">
          {t.answer.chosen(where.named)} <bdi>{names.join(", ")}</bdi>{" "}
          <button type="button" class="quiet" onClick={() => ask(turn.question, { ...turn, everywhere: true })}>
            {t.answer.everywhere}
          </button>
        </p>
      )}
      {where.places.length > 0 && <p class="note-line">{t.answer.places(where.places)}</p>}
    </>
  );
}

function Whereabouts({ turn, answer }: { turn: Turn; answer: api.Answer }) {
  const remote = models.value?.models.find((one) => one.name === answer.model)?.remote ?? "";
  const parts = [
    t.answer.searched(turn.matters.join(", ") || t.ask.everything),
    answer.model ? t.answer.by(answer.model) : t.answer.byNobody,
    remote ? t.answer.remote(remote) : t.answer.local,
    t.answer.took(answer.seconds),
  ];
  return <p class="whereabouts">{parts.join(" · ")}</p>;
}

function Passages({ list, title, open }: { list: api.Passage[]; title: string; open?: boolean }) {
  if (!list.length) return null;
  const of = list.map(toShown);
  return (
    <details open={open}>
      <summary>{title}</summary>
      {list.map((one) => (
        <Source key={`${one.document}:${one.start}`} place={one} of={of} text={one.quote} />
      ))}
    </details>
  );
}

// What is said before the one sentence that comes nearest, which stands below as a source.
function said(answer: api.Answer): string {
  if (answer.outcome === "unsupported" && answer.quotes?.length) return t.answer.nothingHolds;
  const [nearest] = answer.citations;
  if (answer.outcome !== "unsupported" || !nearest || nearest.answer_start === 0) return answer.answer;
  return sliceBytes(answer.answer, 0, nearest.answer_start).replace(/[\s“"‘']+$/, "");
}

function Finished({ turn, answer }: { turn: Turn; answer: api.Answer }) {
  const [copied, setCopied] = useState(false);
  const of = answer.citations.map(toShown);
  const answered = answer.outcome === "answered";
  const draft = answer.draft && answer.draft !== answer.answer;
  // What only quotes says it above, and so does what quotes because nothing else could be checked.
  const quoted = answer.outcome === "quoted";
  const above = (answer.quotes?.length ?? 0) > 0 && !answered;
  return (
    <>
      {!quoted && (
        <section class="answer" aria-label={t.answer.answer}>
          {answered ? <Sentences answer={answer} of={of} /> : <div class="written">{reflow(said(answer))}</div>}
          {answered && <Legend answer={answer} />}
        </section>
      )}
      {answer.citations.length > 0 && !above && (
        <section class="sources">
          {answered && <h3>{t.answer.sources}</h3>}
          <ol>
            {answer.citations.map((one, i) => (
              <li key={i}>
                <Source place={one} of={of} text={one.quote} />
              </li>
            ))}
          </ol>
        </section>
      )}
      <Disagreements list={answer.disagreements} />
      <Contradictions list={answer.contradictions} />
      {answer.notes.map((note) => (
        <p class="note-line" key={note}>
          {note}
        </p>
      ))}
      <Scope turn={turn} answer={answer} />
      {answer.register && <p class="note-line">{t.answer.register(answer.register.name, moment(answer.register.read_at))}</p>}
      {draft && (
        <details>
          <summary>{t.answer.draft}</summary>
          <Sentences answer={{ ...answer, citations: [] }} of={[]} />
        </details>
      )}
      <Passages list={answer.passages} title={t.answer.passages(answer.passages.length)} open={answer.outcome === "no_evidence"} />
      <Passages list={answer.left_out} title={t.answer.leftOut(answer.left_out.length)} />
      <Whereabouts turn={turn} answer={answer} />
      <div class="buttons aside">
        <button
          type="button"
          class="quiet"
          onClick={async () => {
            await navigator.clipboard?.writeText(withSources(turn, answer));
            setCopied(true);
          }}
        >
          {copied ? t.copied : t.answer.copy}
        </button>
        <button type="button" class="quiet" onClick={() => print()}>
          {t.answer.print}
        </button>
        {quoted && models.value?.generator.name && (
          <button type="button" class="quiet" onClick={() => ask(turn.question, { ...turn, style: "answer" })}>
            {t.ask.write}
          </button>
        )}
        {turn.matters.length > 0 && (
          <button type="button" class="quiet" onClick={() => ask(turn.question, { ...turn, matters: [] })}>
            {t.ask.widen}
          </button>
        )}
      </div>
    </>
  );
}

function stageText(turn: Turn): string {
  const { stage, model, progress, before } = turn.stage;
  const load = models.value?.models.find((one) => one.name === model)?.load;
  if (stage === "loading") return t.stage.loading(model ?? "", progress || undefined, load?.seconds_left, load?.bytes);
  if (stage === "waiting") return t.stage.waiting(before);
  return (t.stage as any)[stage] ?? t.stage.begun;
}

function Running({ turn }: { turn: Turn }) {
  return (
    <>
      {turn.written && (
        <section class="answer running" aria-label={t.answer.unchecked}>
          <div class="written">{turn.written}</div>
        </section>
      )}
      <div class="stage">
        <Bar share={turn.stage.stage === "loading" && turn.stage.progress ? turn.stage.progress : null} label={stageText(turn)} />
        <span role="status">{stageText(turn)}</span>
        <button type="button" onClick={() => stop(turn.id)}>
          {t.ask.stop}
        </button>
      </div>
    </>
  );
}

export function TurnView({ turn }: { turn: Turn }) {
  const quotes = turn.answer?.quotes ?? turn.quotes;
  const of = quotes.map(toShown);
  return (
    <article class="turn">
      <h2>{turn.question}</h2>
      {quotes.length > 0 && (
        <section class="quotes">
          <h3>{t.answer.quotes}</h3>
          {quotes.map((one) => (
            <Source key={`${one.document}:${one.start}`} place={one} of={of} text={one.quote} leadIn={one.lead_in} />
          ))}
        </section>
      )}
      {turn.state === "running" && <Running turn={turn} />}
      {turn.answer && <Finished turn={turn} answer={turn.answer} />}
      {turn.state === "done" && !turn.answer && <div class="written">{turn.written}</div>}
      {turn.state === "failed" && (
        <>
          {turn.written && <div class="written unchecked">{turn.written}</div>}
          <Trouble error={new api.ApiError(turn.error!.message, turn.error!.nextStep)} retry={() => ask(turn.question, turn)} />
        </>
      )}
      {(turn.state === "stopped" || turn.state === "interrupted") && (
        <>
          {turn.written && <div class="written unchecked">{turn.written}</div>}
          <p class="note-line">
            {t.stage[turn.state]}{" "}
            <button type="button" class="quiet" onClick={() => ask(turn.question, turn)}>
              {t.ask.again}
            </button>
          </p>
        </>
      )}
    </article>
  );
}
