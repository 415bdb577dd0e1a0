#include "answers/meant.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "answers/known_documents.h"
#include "base/utf8.h"
#include "search/passages_at.h"
#include "text/contents.h"
#include "understanding/numbered_things.h"
#include "understanding/understanding.h"

namespace counsel::answers {
namespace {

using search::Hit;
using search::PassageAt;
using understanding::PlaceAsked;
using understanding::PlaceKind;

// Passages that are looked at for one place.
constexpr std::size_t kMostLookedAt = 2'000;
// Of one place in one document: what is numbered alike in its schedules.
constexpr std::size_t kMostInDocument = 2;
// Passages that a long clause goes on in.
constexpr int kMostFurther = 4;
// Documents of another thing, whose names are told.
constexpr std::size_t kMostNamed = 16;
constexpr std::int64_t kHead = 12;
constexpr std::int64_t kTail = 4;

// A place found, with the passages that it goes on in.
struct FoundPlace {
  FoundPlace() = default;
  bool sure = true;
  std::vector<Hit> hits;
};

understanding::Stored AsStored(const PassageAt& passage, bool first, bool last) {
  understanding::Stored stored;
  stored.heading = passage.hit.heading;
  stored.text = passage.hit.text;
  stored.page = passage.hit.page;
  stored.first = first;
  stored.last = last;
  return stored;
}

// The passage, cut to the place.
Hit CutTo(const PassageAt& passage, const understanding::Held& held, const std::string& place) {
  Hit hit = passage.hit;
  const std::string_view text = passage.hit.text;
  hit.start += CountCodePoints(text.substr(0, held.start));
  hit.text = text.substr(held.start, held.end - held.start);
  hit.end = hit.start + CountCodePoints(hit.text);
  hit.place = place;
  hit.relevance = kPlaceRelevance;
  return hit;
}

Result<FoundPlace> Follow(store::Connection& db, const PlaceAsked& place, PassageAt passage, understanding::Held held) {
  FoundPlace found;
  found.sure = held.sure;
  found.hits.push_back(CutTo(passage, held, place.words));
  for (int further = 0; held.goes_on && further < kMostFurther; ++further) {
    ASSIGN_OR_RETURN(std::optional<PassageAt> next, search::Behind(db, passage));
    if (!next) break;
    const std::optional<understanding::Held> more = understanding::GoesOnIn(place, AsStored(*next, false, false));
    if (!more) break;
    passage = std::move(*next);
    held = *more;
    found.hits.push_back(CutTo(passage, held, place.words));
  }
  return found;
}

// Where it may stand.
Result<std::vector<PassageAt>> Candidates(store::Connection& db, const PlaceAsked& place, const Meant& meant,
                                          const std::vector<std::int64_t>& scopes) {
  std::vector<std::string> ids;
  for (const MeantDocument& document : meant.documents) ids.push_back(document.id);
  if (ids.empty()) ids = meant.of_these;
  if (const std::string phrase = understanding::PhraseOf(place); !phrase.empty()) {
    return search::WithPhrase(db, phrase, scopes, ids, kMostLookedAt);
  }
  std::vector<PassageAt> all;
  for (const std::string& id : ids) {
    Result<std::vector<PassageAt>> some;
    if (place.kind == PlaceKind::kPage) some = search::OnPage(db, id, std::atoi(place.label.c_str()));
    if (place.kind == PlaceKind::kParties) some = search::FirstOf(db, id, 2);
    if (place.kind == PlaceKind::kRecital) some = search::FirstOf(db, id, kHead);
    if (place.kind == PlaceKind::kSignatures) some = search::LastOf(db, id, kTail);
    if (!some) return some;
    for (PassageAt& passage : *some) all.push_back(std::move(passage));
  }
  return all;
}

// By document, in the order in which the documents came.
Result<std::vector<std::vector<FoundPlace>>> FindPlace(store::Connection& db, const PlaceAsked& place,
                                                       const Meant& meant, const std::vector<std::int64_t>& scopes) {
  ASSIGN_OR_RETURN(std::vector<PassageAt> candidates, Candidates(db, place, meant, scopes));
  std::map<std::string, std::size_t> at;
  std::vector<std::vector<FoundPlace>> found;
  const bool head = place.kind == PlaceKind::kParties || place.kind == PlaceKind::kRecital;
  for (PassageAt& passage : candidates) {
    if (text::LooksLikeContents(passage.hit.text)) continue;
    const auto held = understanding::FindPlace(place, AsStored(passage, head, place.kind == PlaceKind::kSignatures));
    if (!held) continue;
    const auto [known, added] = at.emplace(passage.hit.document, found.size());
    if (added) found.emplace_back();
    std::vector<FoundPlace>& here = found[known->second];
    const bool more = place.kind == PlaceKind::kPage || here.size() < kMostInDocument;
    if (held->sure && !here.empty() && !here.front().sure) here.clear();
    if ((!held->sure && !here.empty()) || !more) continue;
    ASSIGN_OR_RETURN(FoundPlace one, Follow(db, place, std::move(passage), *held));
    here.push_back(std::move(one));
  }
  return found;
}

// What the rows that tell of such things at all have of their words, as rows, ascending.
std::map<std::uint32_t, std::string> RowsOfThings(const understanding::NumberedDocuments& documents,
                                                  const understanding::KnownRows& rows) {
  std::map<std::uint32_t, std::string> of_things;
  for (const std::uint32_t thing : documents.things()) {
    for (const understanding::RowHas& has : rows.With(thing)) of_things.emplace(has.row, "");
  }
  if (rows.count() - of_things.size() > search::kMaxWalls) of_things.clear();  // nobody could be told the rest
  if (of_things.empty()) return of_things;
  for (const std::uint32_t word : documents.words()) {
    for (const understanding::RowHas& has : rows.With(word)) {
      const auto row = of_things.find(has.row);
      if (row == of_things.end()) continue;
      understanding::RowWord one;
      one.hash = word;
      one.in_name = has.in_name;
      one.in_text = has.in_text;
      understanding::AppendToRow(one, &row->second);
    }
  }
  return of_things;
}

// The documents by whose they are of the things with a number that the question names.
Result<void> TellSiblings(std::string_view question, const KnownDocuments& known, Meant* meant) {
  const std::vector<understanding::NumberedThing> things = understanding::NumberedThings(question);
  if (things.empty()) return {};
  const understanding::NumberedDocuments documents(things);
  std::map<std::uint32_t, understanding::Standing> standings;
  for (const auto& [row, words] : RowsOfThings(documents, known.rows())) {
    std::string name;
    if (documents.AsksForName(words)) {
      ASSIGN_OR_RETURN(name, known.NameOf(row));
    }
    standings[row] = documents.Of(name, words);
  }
  std::vector<std::string> within;
  std::vector<std::uint32_t> of_others;
  std::vector<std::string> of_these;
  const auto has = [](understanding::Standing standing) {
    return [standing](const auto& one) { return one.second == standing; };
  };
  if (std::none_of(standings.begin(), standings.end(), has(understanding::Standing::kHasIt)) ||
      std::none_of(standings.begin(), standings.end(), has(understanding::Standing::kHasAnother))) {
    return {};
  }
  known.ForEach([&](std::uint32_t row) {
    const auto found = standings.find(row);
    const auto standing = found == standings.end() ? understanding::Standing::kSaysNothing : found->second;
    if (standing == understanding::Standing::kHasIt) of_these.push_back(known.IdOf(row));
    if (standing == understanding::Standing::kHasAnother) {
      of_others.push_back(row);
    } else {
      within.push_back(known.IdOf(row));
    }
  });
  if (within.size() > search::kMaxWalls) return {};
  for (const std::uint32_t row : of_others) {
    MeantDocument& other = meant->of_others.emplace_back();
    other.id = known.IdOf(row);
    if (meant->of_others.size() > kMostNamed) continue;  // they may be nearly all
    ASSIGN_OR_RETURN(other.name, known.NameOf(row));
  }
  meant->within = std::move(within);
  if (of_these.size() <= understanding::kMostMeant) meant->of_these = std::move(of_these);
  for (const understanding::NumberedThing& thing : things) {
    meant->things.push_back(thing.words);
    // The documents are its own: their sentences need not name it.
    meant->kept_names += (meant->kept_names.empty() ? "" : " ") + thing.words;
  }
  return {};
}

Result<Meant> MeantOf(std::string_view question, const std::vector<std::string>& documents, bool everywhere,
                      const KnownDocuments& known) {
  understanding::Understood understood = understanding::Understand(question, known.rows(), !everywhere);
  Meant meant;
  meant.question = std::move(understood.question);
  meant.names = std::move(understood.names);
  meant.kept_names = std::move(understood.kept_names);
  meant.says_little = understood.says_little;
  meant.not_there = std::move(understood.not_there);
  meant.not_there_words = std::move(understood.not_there_words);
  meant.places = std::move(understood.places);
  for (const std::size_t row : understood.documents) {
    MeantDocument& document = meant.documents.emplace_back();
    document.id = known.IdOf(row);
    ASSIGN_OR_RETURN(document.name, known.NameOf(row));
  }
  meant.chosen = !meant.documents.empty();
  if (meant.chosen) return meant;
  if (documents.empty()) {
    RETURN_IF_ERROR(TellSiblings(question, known, &meant));
    return meant;
  }
  std::map<std::string, std::uint32_t> rows;
  known.ForEach([&](std::uint32_t row) { rows.emplace(known.IdOf(row), row); });
  for (const std::string& id : documents) {
    MeantDocument& document = meant.documents.emplace_back();
    document.id = id;
    const auto named = rows.find(id);
    if (named == rows.end()) continue;
    ASSIGN_OR_RETURN(document.name, known.NameOf(named->second));
  }
  return meant;
}

}  // namespace

Result<Meant> FindMeant(store::Connection& db, std::string_view question, const std::vector<std::int64_t>& scopes,
                        const std::vector<std::string>& documents, bool everywhere) {
  if (everywhere) return MeantOf(question, documents, true, KnownDocuments(db, question));
  for (const bool by_files : {true, false}) {
    ASSIGN_OR_RETURN(const KnownDocuments known, KnownDocuments::Look(db, question, scopes, documents, by_files));
    Result<Meant> meant = MeantOf(question, documents, false, known);
    if (!by_files || known.Whole()) return meant;
  }
  return Meant();
}

Result<std::vector<Hit>> FindPlaces(store::Connection& db, const Meant& meant, const std::vector<std::int64_t>& scopes,
                                    const std::vector<Hit>& near, std::size_t limit) {
  std::vector<Hit> hits;
  const auto rank = [&near](const std::vector<FoundPlace>& found) {
    const std::string& document = found.front().hits.front().document;
    return std::find_if(near.begin(), near.end(), [&document](const Hit& hit) { return hit.document == document; }) -
           near.begin();
  };
  std::set<std::pair<std::int64_t, std::int64_t>> taken;
  for (const PlaceAsked& place : meant.places) {
    ASSIGN_OR_RETURN(std::vector<std::vector<FoundPlace>> found, FindPlace(db, place, meant, scopes));
    std::stable_sort(found.begin(), found.end(), [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
    for (const std::vector<FoundPlace>& document : found) {
      for (const FoundPlace& one : document) {
        for (const Hit& hit : one.hits) {
          if (hits.size() < limit && taken.emplace(hit.chunk, hit.start).second) hits.push_back(hit);
        }
      }
    }
  }
  return hits;
}

}  // namespace counsel::answers
