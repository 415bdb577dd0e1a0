// Answers, their citations, and what a search found.
#include <utility>

#include "http/json.h"

namespace counsel::http {
namespace {

Json PageJson(int page) {
  return page > 0 ? Json(page) : Json(nullptr);
}

// 0 to 100, or null for what was not read by OCR.
Json ConfidenceJson(const std::optional<double>& confidence) {
  return confidence ? Json(std::round(*confidence * 10) / 10) : Json(nullptr);
}

Json CitationJson(const answers::Citation& citation) {
  return {{"n", citation.n},
          {"document", citation.document},
          {"name", citation.name},
          {"inside", citation.inside},
          {"page", PageJson(citation.page)},
          {"last_page", PageJson(citation.last_page)},
          {"ocr", citation.ocr_confidence.has_value()},
          {"ocr_confidence", ConfidenceJson(citation.ocr_confidence)},
          {"start", citation.start},
          {"end", citation.end},
          {"heading", citation.heading},
          {"stands_in", PartsJson(citation.stands_in)},
          {"quote", citation.quote},
          {"supported", citation.supported},
          {"answer_start", citation.answer_start},
          {"answer_end", citation.answer_end}};
}

// null: nothing was searched, or all of it.
Json MeantJson(const std::optional<answers::Meant>& meant) {
  if (!meant || (meant->documents.empty() && meant->not_there.empty() && meant->places.empty())) return nullptr;
  Json documents = Json::array();
  for (const answers::MeantDocument& document : meant->documents) {
    documents.push_back({{"document", document.id}, {"name", document.name}});
  }
  Json places = Json::array();
  for (const understanding::PlaceAsked& place : meant->places) places.push_back(place.words);
  return {{"documents", std::move(documents)},
          {"chosen", meant->chosen},
          {"carried", meant->carried},
          {"named", meant->names},
          {"question", meant->question},
          {"not_there", meant->not_there.empty() ? Json(nullptr) : Json(meant->not_there)},
          {"places", std::move(places)}};
}

std::string_view OutcomeName(answers::Outcome outcome) {
  switch (outcome) {
    case answers::Outcome::kAnswered:
      return "answered";
    case answers::Outcome::kQuoted:
      return "quoted";
    case answers::Outcome::kUnsupported:
      return "unsupported";
    case answers::Outcome::kNoEvidence:
      return "no_evidence";
  }
  return "no_evidence";
}

Json RegisterReadingJson(const std::optional<answers::RegisterReading>& reading) {
  if (!reading) return nullptr;
  return {{"number", reading->number},
          {"name", reading->name},
          {"document", reading->document},
          {"source", reading->source},
          {"read_at", reading->read_at},
          {"stale", reading->stale},
          {"problem", reading->problem.empty() ? Json(nullptr) : Json(reading->problem)}};
}

}  // namespace

Json PassageJson(const answers::Passage& passage) {
  return {{"n", passage.n},
          {"document", passage.document},
          {"name", passage.name},
          {"inside", passage.inside},
          {"matter", passage.matter},
          {"page", PageJson(passage.page)},
          {"last_page", PageJson(passage.pages.empty() ? passage.page : passage.pages.back().page)},
          {"ocr", passage.ocr_confidence.has_value()},
          {"ocr_confidence", ConfidenceJson(passage.ocr_confidence)},
          {"start", passage.start},
          {"end", passage.end},
          {"heading", passage.heading},
          {"stands_in", PartsJson(documents::PartsOf(passage.structure, passage.start, passage.end))},
          {"quote", passage.text},
          {"relevance", passage.relevance}};
}

Json QuotesJson(const std::vector<answers::Quote>& quotes) {
  Json all = Json::array();
  for (const answers::Quote& quote : quotes) {
    Json one = CitationJson(quote.citation);
    one.erase("answer_start");
    one.erase("answer_end");
    one["lead_in"] = quote.lead_in;
    one["strength"] = quote.strength;
    one["matched"] = quote.matched;
    one["of_kind"] = quote.of_kind;
    all.push_back(std::move(one));
  }
  return all;
}

Json SideBySideJson(const answers::SideBySide& both) {
  return {
      {"fact", both.fact},
      {"former_name", both.former_name},
      {"register",
       {{"says", both.register_says}, {"read_at", both.read_at}, {"citation", CitationJson(both.register_citation)}}},
      {"document", {{"says", both.document_says}, {"citation", CitationJson(both.document_citation)}}}};
}

namespace {

Json ContradictionJson(const answers::Contradiction& both) {
  Json sides = Json::array();
  for (const answers::Contradiction::Side& side : both.sides) {
    Json citation = CitationJson(side.citation);
    citation.erase("answer_start");
    citation.erase("answer_end");
    sides.push_back({{"says", side.says}, {"citation", std::move(citation)}});
  }
  return {{"about", both.about}, {"sides", std::move(sides)}};
}

}  // namespace

Json AnswerJson(const answers::Answer& answer) {
  Json sentences = Json::array();
  for (const answers::AnswerSentence& sentence : answer.resolved.sentences) {
    sentences.push_back({{"start", sentence.start},
                         {"end", sentence.end},
                         {"needs_support", sentence.needs_support},
                         {"supported", sentence.supported},
                         {"grade", std::string(judging::GradeName(sentence.grade))},
                         {"differences", sentence.differences},
                         {"why_not", sentence.why_not}});
  }
  Json citations = Json::array();
  for (const answers::Citation& citation : answer.resolved.citations) citations.push_back(CitationJson(citation));
  Json passages = Json::array();
  for (const answers::Passage& passage : answer.passages) passages.push_back(PassageJson(passage));
  Json left_out = Json::array();
  for (const answers::Passage& passage : answer.left_out) left_out.push_back(PassageJson(passage));
  Json disagreements = Json::array();
  for (const answers::SideBySide& both : answer.disagreements) disagreements.push_back(SideBySideJson(both));
  Json contradictions = Json::array();
  for (const answers::Contradiction& both : answer.contradictions) contradictions.push_back(ContradictionJson(both));
  return {{"answer", answer.text},
          {"draft", answer.draft},
          {"outcome", OutcomeName(answer.outcome)},
          {"citations", std::move(citations)},
          {"sentences", std::move(sentences)},
          {"quotes", QuotesJson(answer.quotes)},
          {"searched_for", answer.searched_for},
          {"passages", std::move(passages)},
          {"left_out", std::move(left_out)},
          {"model", answer.model.empty() ? Json(nullptr) : Json(answer.model)},
          {"register", RegisterReadingJson(answer.register_reading)},
          {"disagreements", std::move(disagreements)},
          {"contradictions", std::move(contradictions)},
          {"searched_in", MeantJson(answer.meant)},
          {"notes", answer.notes},
          {"prompt_tokens", answer.prompt_tokens},
          {"completion_tokens", answer.completion_tokens},
          {"seconds", answer.seconds}};
}

Json SearchJson(const answers::SearchReply& reply) {
  Json hits = Json::array();
  for (std::size_t i = 0; i < reply.hits.size(); ++i) {
    const search::Hit& hit = reply.hits[i];
    const answers::HitPlace& place = reply.places[i];
    hits.push_back({{"document", hit.document},
                    {"name", place.name},
                    {"inside", place.inside},
                    {"matter", place.matter},
                    {"page", PageJson(hit.page)},
                    {"last_page", PageJson(place.last_page)},
                    {"ocr", place.ocr_confidence.has_value()},
                    {"ocr_confidence", ConfidenceJson(place.ocr_confidence)},
                    {"start", hit.start},
                    {"end", hit.end},
                    {"heading", hit.heading},
                    {"stands_in", PartsJson(place.stands_in)},
                    {"quote", hit.text},
                    {"relevance", hit.relevance},
                    {"why",
                     {{"keyword_rank", hit.keyword_rank > 0 ? Json(hit.keyword_rank) : Json(nullptr)},
                      {"bm25", hit.bm25},
                      {"vector_rank", hit.vector_rank > 0 ? Json(hit.vector_rank) : Json(nullptr)},
                      {"cosine", hit.cosine},
                      {"matched_terms", hit.matched_terms},
                      {"coverage", hit.coverage},
                      {"fused", hit.fused},
                      {"place", hit.place.empty() ? Json(nullptr) : Json(hit.place)}}}});
  }
  Json json = {{"hits", std::move(hits)}, {"searched_in", MeantJson(reply.meant)}};
  if (!reply.note.empty()) json["note"] = reply.note;
  return json;
}

}  // namespace counsel::http
