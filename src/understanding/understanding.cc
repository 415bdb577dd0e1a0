#include "understanding/understanding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "understanding/name_words.h"
#include "understanding/naming.h"

namespace counsel::understanding {
namespace {

// A word in the file's name tells as much as so many in the text.
constexpr double kNameWeight = 3;
constexpr double kMostInText = 4;
constexpr double kSaturation = 1.2;  // BM25's k1
// Of what the naming words weigh, what a document must have to be meant; of those that are no kinds of document, when
// there are any.
// A name that is certain to be one is nobody's here when the best of them has less.
constexpr double kLeastShare = 0.51;
// Of the best one's score, how far the next must be behind.
constexpr double kMargin = 0.15;
// Of the best one's score, what another that has all the words must have to be meant too, where no name decides.
constexpr double kRival = 0.5;
// The rest of the language, for shares: in a store of one document its words are not all common.
constexpr double kOtherDocuments = 30;

// A word of a name: itself, or what it is made of.
struct Wanted {
  Wanted() = default;
  std::uint32_t hash = 0;
  std::uint32_t number = 0;  // of "unit 9" the "9", which counts in a document's name; 0: it is no such pair
  bool only_number = false;  // no row knows what is numbered: the number counts wherever it stands
  bool needed = false;       // a document without it is another one
  bool counts = true;        // for the share
  std::vector<RowHas> rows;  // that have it
};

struct Score {
  std::size_t row = 0;
  double score = 0;
  double found = 0;
  double share = 0;
  std::size_t words = 0;
  std::size_t in_name = 0;
  std::ptrdiff_t needed = 0;
  bool any_in_name = false;  // of those that count
  bool all_in_name = false;
  bool has_all = false;
};

// More than these decide nothing.
constexpr std::size_t kRanked = kMostMeant / 2 + 2;
struct Ranking {
  Ranking() = default;
  std::vector<Score> best;
  std::size_t with_all = 0;  // rows that have all words
  double best_share = 0;     // of all rows
};

double Rarity(double rows, double with) {
  return std::log(1 + (rows - with + 0.5) / (with + 0.5));
}

double Weight(double rows, double with) {
  return std::log((rows + kOtherDocuments) / (std::max(with, 1.0) + 0.5));
}

// The rows that have it.
std::vector<RowHas> Find(const KnownRows& rows, const Wanted& wanted) {
  const std::vector<RowHas>& there = rows.With(wanted.hash);
  if (wanted.number == 0) return there;
  std::vector<RowHas> found;
  auto word = there.begin();
  const auto take_before = [&](std::uint32_t row) {
    while (word != there.end() && word->row < row) found.push_back(*word++);
  };
  for (const RowHas& number : rows.With(wanted.number)) {
    take_before(number.row);
    RowHas one{number.row, 0, 0};
    if (word != there.end() && word->row == number.row) one = *word++;
    one.in_name = std::max(one.in_name, number.in_name);
    if (wanted.only_number) one.in_text = std::max(one.in_text, number.in_text);
    if (one.in_name + one.in_text > 0) found.push_back(one);
  }
  take_before(UINT32_MAX);
  return found;
}

std::vector<Wanted> Want(const Naming& naming, const KnownRows& rows) {
  std::vector<Wanted> wanted;
  for (const std::string& word : naming.words) {
    Wanted& one = wanted.emplace_back();
    one.counts = !IsKind(word);
    one.hash = HashOfWord(word);
    one.needed = std::find(naming.needed.begin(), naming.needed.end(), word) != naming.needed.end();
    if (const std::string_view number = NumberOf(word); !number.empty()) one.number = HashOfWord(number);
    one.rows = Find(rows, one);
    if (one.number != 0 && one.rows.empty()) {
      one.only_number = true;
      one.rows = Find(rows, one);
    }
  }
  const bool only_kinds = std::none_of(wanted.begin(), wanted.end(), [](const Wanted& one) { return one.counts; });
  for (Wanted& one : wanted) one.counts = one.counts || only_kinds;
  return wanted;
}

// What each row has of the words.
std::vector<Score> ScoreRows(const std::vector<Wanted>& wanted, double count) {
  std::uint32_t end = 0;
  for (const Wanted& one : wanted) end = one.rows.empty() ? end : std::max(end, one.rows.back().row + 1);
  std::vector<Score> scores(end);
  for (const Wanted& one : wanted) {
    const auto documents = static_cast<double>(one.rows.size());
    const double rarity = Rarity(count, documents);
    const double weight = one.counts ? Weight(count, documents) : 0;
    for (const RowHas& there : one.rows) {
      Score& score = scores[there.row];
      const double times = kNameWeight * there.in_name + std::min<double>(there.in_text, kMostInText);
      score.score += rarity * times * (kSaturation + 1) / (times + kSaturation);
      score.found += weight;
      ++score.words;
      if (one.needed) ++score.needed;
      if (there.in_name == 0) continue;
      ++score.in_name;
      score.any_in_name |= one.counts;
    }
  }
  return scores;
}

Ranking Rank(const std::vector<Wanted>& wanted, const KnownRows& rows) {
  const auto count = static_cast<double>(rows.count());
  double all = 0;
  for (const Wanted& one : wanted) all += one.counts ? Weight(count, static_cast<double>(one.rows.size())) : 0;
  const auto needed = std::count_if(wanted.begin(), wanted.end(), [](const Wanted& one) { return one.needed; });
  Ranking ranking;
  std::vector<Score> scores = ScoreRows(wanted, count);
  std::size_t kept = 0;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    Score score = scores[row];
    if (score.score <= 0 || score.needed < needed) continue;
    score.row = row;
    score.share = all > 0 ? score.found / all : 0;
    score.all_in_name = score.in_name == wanted.size();
    score.has_all = score.words == wanted.size();
    ranking.with_all += score.has_all ? 1 : 0;
    ranking.best_share = std::max(ranking.best_share, score.share);
    scores[kept++] = score;
  }
  scores.resize(kept);
  const auto behind = scores.begin() + static_cast<std::ptrdiff_t>(std::min(kept, kRanked));
  std::partial_sort(scores.begin(), behind, scores.end(), [](const Score& a, const Score& b) {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  });
  ranking.best.assign(scores.begin(), behind);
  return ranking;
}

// Those that are meant by one name; several when they cannot be told apart (drafts of one agreement) and the others are
// far behind.
std::vector<std::size_t> Decide(const Naming& naming, const Ranking& ranking) {
  const std::vector<Score>& scores = ranking.best;
  std::vector<std::size_t> meant;
  if (scores.empty() || scores[0].share < kLeastShare) return meant;
  const double least = (1 - kMargin) * scores[0].score;
  std::size_t alike = 0;
  while (alike < scores.size() && scores[alike].score >= least) ++alike;
  if (alike > kMostMeant / 2) return meant;
  // "the agreement": of several agreements that is none, though one has the word in its name.
  if (naming.strict && ranking.with_all > alike) return meant;
  // Whose own name it is goes before those that are only about it: a side letter to the NDA.
  const bool named = std::any_of(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(alike),
                                 [](const Score& score) { return score.all_in_name; });
  // Where no name tells, how often a text has the words does not either: a letter about the lease says them more often.
  if (!named && !naming.strict && scores[0].has_all) {
    const auto rival = [&](const Score& score) { return score.has_all && score.score >= kRival * scores[0].score; };
    while (alike < scores.size() && rival(scores[alike])) ++alike;
    if (alike > kMostMeant / 2) return meant;
  }
  for (std::size_t i = 0; i < alike; ++i) {
    if (naming.strict && !scores[i].all_in_name) return {};
    if (named && !scores[i].all_in_name) continue;
    if (naming.of_what && !scores[i].any_in_name) return {};
    meant.push_back(scores[i].row);
  }
  return meant;
}

// What stands where a file's name does, with what leads to it: "in the", "under".
Naming NamingAt(std::string_view lower, const NameIn& name) {
  Naming naming;
  naming.start = naming.name_start = name.start;
  naming.end = naming.name_end = name.start + name.size;
  naming.distinctive = naming.subject = true;
  for (const std::string_view lead :
       {"the ", "according to ", "pursuant to ", "under ", "in ", "of ", "from ", "by ", "within ", "per "}) {
    const std::size_t start = naming.start;
    if (start < lead.size() || lower.compare(start - lead.size(), lead.size(), lead) != 0) continue;
    if (start > lead.size() && IsPartOfWord(lower[start - lead.size() - 1])) continue;
    naming.start -= lead.size();
    if (lead != "the ") {
      naming.subject = false;
      break;
    }
  }
  return naming;
}

// "lease.pdf", "GPL-3": a document's whole name, or that without its ending, as a word of the question.
void FindFileNames(std::string_view question, const KnownRows& rows, std::vector<Naming>* namings,
                   std::vector<std::vector<std::size_t>>* meant) {
  const std::string lower = LowerAscii(question);
  for (const KnownRows::Named& named : rows.named()) {
    const NameIn name = FindFileName(lower, named.name);
    const auto overlaps = std::find_if(namings->begin(), namings->end(), [&](const Naming& one) {
      return one.start < name.start + name.size && name.start < one.end;
    });
    if (overlaps == namings->end()) {
      namings->push_back(NamingAt(lower, name));
      meant->push_back({named.row});
      continue;
    }
    // A file's name decides; another file of that name is meant too. What leads the question goes as a whole.
    std::vector<std::size_t>& here = (*meant)[static_cast<std::size_t>(overlaps - namings->begin())];
    if (!overlaps->words.empty()) {
      here.clear();
      if (overlaps->leading) {
        overlaps->words.clear();
      } else {
        *overlaps = NamingAt(lower, name);
      }
    }
    if (std::find(here.begin(), here.end(), named.row) == here.end()) here.push_back(named.row);
  }
}

// They leave nothing to look for: "How long is it?".
constexpr std::array<std::string_view, 10> kEmpty = {"document",  "say",  "says", "about",    "summarise",
                                                     "summarize", "long", "much", "duration", "mean"};
// They leave little, as a document says it of itself in other words: "When does it begin?", "Who wrote it?".
constexpr std::array<std::string_view, 29> kSayLittle = {
    "paid",   "payable", "payment", "payments", "due",   "last",   "lasts",   "begin",   "begins", "start",
    "starts", "end",     "ends",    "run",      "runs",  "expire", "expires", "wrote",   "write",  "written",
    "sign",   "signed",  "made",    "dated",    "cover", "covers", "demand",  "demands", "between"};

bool IsEmptyHere(const NameWord& word) {
  return word.text.size() <= 1 || IsEmptyNameWord(word.text) ||
         std::find(kEmpty.begin(), kEmpty.end(), word.text) != kEmpty.end();
}

bool HasContent(std::string_view rest) {
  const std::vector<NameWord> words = SplitName(rest);
  return !std::all_of(words.begin(), words.end(), IsEmptyHere);
}

bool SaysLittle(std::string_view rest) {
  const std::vector<NameWord> words = SplitName(rest);
  return std::all_of(words.begin(), words.end(), [](const NameWord& word) {
    return IsEmptyHere(word) || std::find(kSayLittle.begin(), kSayLittle.end(), word.text) != kSayLittle.end();
  });
}

// "the document", "this agreement" of a question that is asked inside one: it.
std::vector<Naming> SelfReferences(std::string_view question, const std::vector<Naming>& others) {
  std::vector<Naming> found;
  const std::vector<NameWord> words = SplitName(question);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool the_document = words[i].text == "document" && words[i - 1].text == "the";
    const bool this_one = words[i - 1].text == "this" && (words[i].text == "document" || words[i].text == "agreement" ||
                                                          words[i].text == "contract" || words[i].text == "policy");
    if (!the_document && !this_one) continue;
    const std::size_t start = words[i - 1].start;
    if (std::any_of(others.begin(), others.end(),
                    [&](const Naming& one) { return one.start <= start && start < one.end; })) {
      continue;
    }
    Naming naming;
    naming.start = start;
    naming.end = words[i].end;
    naming.subject = true;
    found.push_back(std::move(naming));
  }
  return found;
}

void TellMeant(std::string_view question, std::vector<Naming> decided, Understood* understood) {
  for (const Naming& naming : decided) {
    understood->names.emplace_back(question.substr(naming.name_start, naming.name_end - naming.name_start));
  }
  for (const Naming& naming : decided) {
    if (!naming.kept) continue;
    understood->kept_names += question.substr(naming.name_start, naming.name_end - naming.name_start);
    understood->kept_names += ' ';
  }
  understood->says_little = SaysLittle(Without(question, decided));
  std::erase_if(decided, [](const Naming& naming) { return naming.kept; });
  for (Naming& self : SelfReferences(question, decided)) decided.push_back(std::move(self));
  std::sort(decided.begin(), decided.end(), [](const Naming& a, const Naming& b) { return a.start < b.start; });
  std::string rest = Without(question, decided);
  if (HasContent(rest)) {
    understood->question = std::move(rest);
    return;
  }
  // The name stays to be searched for, and is no reason to quote a sentence.
  understood->kept_names.clear();
  for (const std::string& name : understood->names) understood->kept_names += name + ' ';
}

}  // namespace

std::vector<std::uint32_t> WordsOfNames(std::string_view question) {
  std::vector<std::uint32_t> hashes;
  if (question.size() > kLongestUnderstood) return hashes;
  for (const Naming& naming : FindNamings(question)) {
    for (const std::string& word : naming.words) {
      hashes.push_back(HashOfWord(word));
      if (const std::string_view number = NumberOf(word); !number.empty()) hashes.push_back(HashOfWord(number));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

Understood Understand(std::string_view question, const std::vector<DocumentRow>& rows, bool choose) {
  KnownRows known(question);
  for (std::uint32_t row = 0; row < rows.size(); ++row) known.AddRow(row, rows[row].name, rows[row].words);
  return Understand(question, known, choose);
}

Understood Understand(std::string_view question, const KnownRows& rows, bool choose) {
  Understood understood;
  understood.question = question;
  if (question.size() > kLongestUnderstood) return understood;
  understood.places = FindPlacesAsked(question);
  std::vector<Naming> namings = FindNamings(question);
  std::vector<std::vector<std::size_t>> meant(namings.size());
  std::vector<const Naming*> nobodys;
  for (std::size_t i = 0; i < namings.size(); ++i) {
    const Ranking ranking = Rank(Want(namings[i], rows), rows);
    meant[i] = Decide(namings[i], ranking);
    if (!meant[i].empty() || !namings[i].distinctive) continue;
    if (ranking.best_share < kLeastShare) nobodys.push_back(&namings[i]);
  }
  // A place in a document that is not there is in no other.
  for (const Naming* nobody : nobodys) {
    std::erase_if(understood.places, [&](const PlaceAsked& place) {
      return place.end <= nobody->start && nobody->start - place.end <= 2;
    });
  }
  if (!choose) return understood;
  // Within a sentence it may be a law, or a word that the documents define; the side letter of an agreement is neither.
  if (!nobodys.empty() && (nobodys.front()->leading || !nobodys.front()->needed.empty()) && rows.count() > 0) {
    const Naming& first = *nobodys.front();
    understood.not_there = question.substr(first.name_start, first.name_end - first.name_start);
    for (const std::string& word : first.words) {
      if (IsKind(word)) continue;
      const std::string_view number = NumberOf(word);
      if (!number.empty()) understood.not_there_words.emplace_back(word.substr(0, word.size() - number.size() - 1));
      understood.not_there_words.emplace_back(number.empty() ? word : std::string(number));
    }
    understood.places.clear();
  }
  // "Consider the Motorola NDA; what does this agreement allow?": one document, named once.
  if (!namings.empty() && namings[0].leading && !meant[0].empty()) {
    for (std::size_t i = 1; i < namings.size(); ++i) {
      if (namings[i].strict) meant[i].clear();
    }
  }
  FindFileNames(question, rows, &namings, &meant);
  std::vector<Naming> decided;
  for (std::size_t i = 0; i < namings.size(); ++i) {
    if (meant[i].empty()) continue;
    decided.push_back(namings[i]);
    for (const std::size_t row : meant[i]) {
      const auto& there = understood.documents;
      if (std::find(there.begin(), there.end(), row) == there.end()) understood.documents.push_back(row);
    }
  }
  if (understood.documents.size() > kMostMeant) understood.documents.clear();
  if (understood.documents.empty()) return understood;
  understood.not_there.clear();
  understood.not_there_words.clear();
  TellMeant(question, std::move(decided), &understood);
  understood.places = FindPlacesAsked(understood.question);
  return understood;
}

}  // namespace counsel::understanding
