#include "http/replay_differences.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/utf8.h"

namespace counsel::http {
namespace {

const Json& Member(const Json& json, const char* name) {
  static const Json kNone;
  const auto found = json.is_object() ? json.find(name) : json.end();
  return json.is_object() && found != json.end() ? *found : kNone;
}

void Compare(const char* what, const Json& then, const Json& now, Json* all) {
  if (then != now) all->push_back({{"what", what}, {"then", then}, {"now", now}});
}

// The files that wrote; a model without digests (one's own GGUF) is known by its size.
Json ModelFiles(const Json& model) {
  return {{"name", Member(model, "name")}, {"files", Member(model, "files")}};
}

std::string Alone(const Json& written) {
  return Member(written, "alone") == true ? "alone in its server" : "others had the server meanwhile";
}

// Where a passage or quote stands: what makes two of them the same.
Json PlaceIn(const Json& place) {
  return {{"document", Member(place, "document")},
          {"page", Member(place, "page")},
          {"start", Member(place, "start")},
          {"end", Member(place, "end")}};
}

Json PlacesCompared(const Json& then, const Json& now) {
  std::set<Json> before;
  std::set<Json> after;
  for (const Json& place : then) before.insert(PlaceIn(place));
  for (const Json& place : now) after.insert(PlaceIn(place));
  const auto without = [](const Json& all, const std::set<Json>& those) {
    Json rest = Json::array();
    for (const Json& place : all) {
      if (those.contains(PlaceIn(place))) continue;
      Json one = PlaceIn(place);
      if (const std::string quote = TextIn(place, "quote"); !quote.empty()) one["quote"] = quote;
      if (const std::string name = TextIn(place, "name"); !name.empty()) one["name"] = name;
      rest.push_back(std::move(one));
    }
    return rest;
  };
  return {{"gone", without(then, after)}, {"added", without(now, before)}};
}

// Each sentence of the draft with its grade.
Json GradesIn(const Json& said) {
  std::string draft = TextIn(said, "draft");
  if (draft.empty()) draft = TextIn(said, "answer");
  Json all = Json::array();
  for (const Json& sentence : Member(said, "sentences")) {
    const std::size_t start = std::min<std::size_t>(sentence.value("start", std::size_t{0}), draft.size());
    const std::size_t end = std::clamp<std::size_t>(sentence.value("end", std::size_t{0}), start, draft.size());
    all.push_back({{"text", draft.substr(start, end - start)}, {"grade", Member(sentence, "grade")}});
  }
  return all;
}

Json BothOf(Json then, Json now) {
  const bool same = then == now;
  return {{"then", std::move(then)}, {"now", std::move(now)}, {"same", same}};
}

}  // namespace

std::string TextIn(const Json& object, const char* name) {
  const Json& text = Member(object, name);
  if (text.is_string()) return text;
  const Json& inner = Member(text, "text");
  return inner.is_string() ? inner.get<std::string>() : std::string();
}

std::int64_t FirstDifference(const std::string& one, const std::string& other) {
  const auto [at, ignored] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  std::size_t bytes = static_cast<std::size_t>(at - one.begin());
  while (bytes > 0 && bytes < one.size() && (static_cast<unsigned char>(one[bytes]) & 0xC0U) == 0x80U) --bytes;
  return CountCodePoints(std::string_view(one).substr(0, bytes));
}

Json CircumstancesThatDiffer(const Json& then, const Json& now) {
  Json all = Json::array();
  const Json& model_then = Member(Member(then, "said"), "model");
  const Json& model_now = Member(Member(now, "said"), "model");
  const Json& written_then = Member(Member(then, "said"), "written");
  const Json& written_now = Member(Member(now, "said"), "written");
  Compare("model", ModelFiles(model_then), ModelFiles(model_now), &all);
  Compare("flags", Member(model_then, "flags"), Member(model_now, "flags"), &all);
  Compare("engine", Member(written_then, "engine"), Member(written_now, "engine"), &all);
  Compare("processor", Member(written_then, "processor"), Member(written_now, "processor"), &all);
  if (Member(written_then, "alone") != true || Member(written_now, "alone") != true) {
    all.push_back({{"what", "neighbours"}, {"then", Alone(written_then)}, {"now", Alone(written_now)}});
  }
  Compare("cache", Member(written_then, "cached_tokens"), Member(written_now, "cached_tokens"), &all);
  Compare("program", Member(then, "program"), Member(now, "program"), &all);
  return all;
}

Json AnswersCompared(const Json& then, const Json& now) {
  const Json& before = Member(then, "said");
  const Json& after = Member(now, "said");
  Json all = {{"outcome", BothOf(Member(before, "outcome"), Member(after, "outcome"))},
              {"answer", BothOf(TextIn(before, "answer"), TextIn(after, "answer"))},
              {"visible", BothOf(Member(before, "visible"), Member(after, "visible"))},
              {"read", PlacesCompared(Member(before, "read"), Member(after, "read"))},
              {"quotes", PlacesCompared(Member(before, "quotes"), Member(after, "quotes"))},
              {"sentences", BothOf(GradesIn(before), GradesIn(after))}};
  bool same = true;
  for (const char* what : {"outcome", "answer", "visible", "sentences"}) same = same && all[what]["same"] == true;
  for (const char* what : {"read", "quotes"}) same = same && all[what]["gone"].empty() && all[what]["added"].empty();
  all["same"] = same;
  return all;
}

}  // namespace counsel::http
