// Sentences of real texts, altered by machine so that they say something else: hardly one may be supported.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "judging/judging.h"
#include "text/sentences.h"

namespace counsel::judging {
namespace {

using Parts = std::vector<std::string>;  // words with what clings to them

Parts Split(const std::string& sentence) {
  std::istringstream stream(sentence);
  Parts parts;
  for (std::string part; stream >> part;) parts.push_back(part);
  return parts;
}

std::string Join(const Parts& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : " ") + part;
  return joined;
}

std::string Bare(const std::string& part) {
  std::string bare;
  for (const char c : part) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      bare += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return bare;
}

// The word exchanged, what clings to it kept.
std::string With(const std::string& part, const std::string& word) {
  std::size_t end = part.size();
  while (end > 0 && std::isalnum(static_cast<unsigned char>(part[end - 1])) == 0) --end;
  std::size_t start = 0;
  while (start < end && std::isalnum(static_cast<unsigned char>(part[start])) == 0) ++start;
  return part.substr(0, start) + word + part.substr(end);
}

class Alterer {
 public:
  explicit Alterer(std::vector<std::string> names) : names_(std::move(names)) {}

  // The alterations of the sentence by kind, of each kind up to three: at the first, second and third place.
  std::set<std::pair<std::string, std::string>> Alter(const std::string& sentence) {
    std::set<std::pair<std::string, std::string>> altered;
    const Parts parts = Split(sentence);
    const auto keep = [&](const char* kind, const std::optional<Parts>& made) {
      if (made && Join(*made) != sentence) altered.emplace(kind, Join(*made));
    };
    for (skip_ = 0; skip_ < 3; ++skip_) AlterOnce(parts, keep);
    return altered;
  }

 private:
  template <typename Keep>
  void AlterOnce(const Parts& parts, const Keep& keep) {
    keep("may, must", Exchanged(parts, {{"may", "must"}, {"must", "may"}, {"shall", "may"}}));
    keep("and, or", Exchanged(parts, {{"and", "or"}, {"or", "and"}}));
    keep("not", Negated(parts));
    keep("value", Revalued(parts));
    keep(
        "unit",
        Exchanged(parts,
                  {{"days", "weeks"}, {"months", "years"}, {"years", "months"}, {"weeks", "days"}, {"hours", "days"}}));
    keep("before, after", Exchanged(parts, {{"before", "after"}, {"after", "before"}, {"within", "after"}}));
    keep("all, some", Exchanged(parts, {{"all", "some"},
                                        {"each", "one"},
                                        {"every", "one"},
                                        {"both", "either"},
                                        {"either", "both"},
                                        {"only", "also"}}));
    keep("swap", Swapped(parts));
    keep("name", Renamed(parts));
    keep("cut", Cut(parts));
    keep("add", Added(parts));
  }

  std::size_t Any(std::size_t of) { return chance_() % of; }

  std::optional<Parts> Exchanged(Parts parts, const std::map<std::string, std::string>& pairs) {
    int left = skip_;
    for (std::string& part : parts) {
      const auto pair = pairs.find(Bare(part));
      // "may not" and "must not" say the same.
      const std::size_t next = static_cast<std::size_t>(&part - parts.data()) + 1;
      if (pair == pairs.end() || (next < parts.size() && Bare(parts[next]) == "not") || left-- > 0) continue;
      part = With(part, pair->second);
      return parts;
    }
    return std::nullopt;
  }

  std::optional<Parts> Negated(Parts parts) {
    int left = skip_;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string word = Bare(parts[i]);
      if (word != "may" && word != "must" && word != "shall" && word != "is" && word != "are") continue;
      if (left-- > 0) continue;
      if (i + 1 < parts.size() && (Bare(parts[i + 1]) == "not" || Bare(parts[i + 1]) == "no")) {
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      } else {
        parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1, "not");
      }
      return parts;
    }
    return std::nullopt;
  }

  std::optional<Parts> Revalued(Parts parts) {
    static const std::map<std::string, std::string> numbers = {{"one", "four"},   {"two", "five"},  {"three", "seven"},
                                                               {"four", "six"},   {"five", "nine"}, {"six", "eight"},
                                                               {"ten", "twelve"}, {"twelve", "ten"}};
    int left = skip_;
    for (std::string& part : parts) {
      const std::string word = Bare(part);
      const bool value =
          numbers.count(word) > 0 || std::any_of(part.begin(), part.end(), [](char c) { return c >= '1' && c <= '8'; });
      if (value && left-- > 0) continue;
      if (const auto number = numbers.find(word); number != numbers.end()) {
        part = With(part, number->second);
        return parts;
      }
      const auto digit = std::find_if(part.begin(), part.end(), [](char c) { return c >= '1' && c <= '8'; });
      if (digit == part.end()) continue;
      *digit = static_cast<char>(*digit + 1);
      return parts;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool IsName(const std::string& part) const {
    return std::find(names_.begin(), names_.end(), Bare(part)) != names_.end();
  }

  // "the buyer and the seller": either order says the same.
  static bool Joined(const Parts& parts, std::size_t i, std::size_t j) {
    for (std::size_t k = i; k < j; ++k) {
      if (j - i < 4 && (Bare(parts[k]) == "and" || Bare(parts[k]) == "or")) return true;
    }
    return false;
  }

  std::optional<Parts> Swapped(Parts parts) const {
    int left = skip_;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (std::size_t j = i + 1; IsName(parts[i]) && j < parts.size(); ++j) {
        if (!IsName(parts[j]) || Bare(parts[i]) == Bare(parts[j]) || Joined(parts, i, j) || left-- > 0) continue;
        const std::string first = Bare(parts[i]);
        parts[i] = With(parts[i], Bare(parts[j]));
        parts[j] = With(parts[j], first);
        return parts;
      }
    }
    return std::nullopt;
  }

  std::optional<Parts> Renamed(Parts parts) {
    int left = skip_;
    for (std::string& part : parts) {
      if (!IsName(part) || left-- > 0) continue;
      std::string other = names_[Any(names_.size())];
      if (other == Bare(part)) other = "surveyor";
      part = With(part, other);
      return parts;
    }
    return std::nullopt;
  }

  // The condition at the end, cut off.
  std::optional<Parts> Cut(Parts parts) {
    int left = skip_;
    for (std::size_t i = 5; i + 2 < parts.size(); ++i) {
      const std::string word = Bare(parts[i]);
      if (word != "unless" && word != "if" && word != "except" && word != "provided" && word != "until") continue;
      if (left-- > 0) continue;
      parts.resize(i);
      parts.back() = With(parts.back(), Bare(parts.back()));
      while (!parts.back().empty() && std::ispunct(static_cast<unsigned char>(parts.back().back())) != 0)
        parts.back().pop_back();
      parts.back() += ".";
      return parts;
    }
    return std::nullopt;
  }

  std::optional<Parts> Added(Parts parts) {
    static const std::vector<std::string> additions = {"and must pay a fee of \u00a350.", "within seven days.",
                                                       "without further notice.", "in the presence of a notary.",
                                                       "but only on weekdays."};
    if (parts.size() < 4) return std::nullopt;
    while (!parts.back().empty() && std::ispunct(static_cast<unsigned char>(parts.back().back())) != 0)
      parts.back().pop_back();
    parts.push_back(additions[Any(additions.size())]);
    return parts;
  }

  std::vector<std::string> names_;
  int skip_ = 0;  // places that are passed over
  std::mt19937 chance_{7};
};

std::vector<std::filesystem::path> Texts() {
  std::vector<std::filesystem::path> texts;
  for (const auto& entry : std::filesystem::directory_iterator(COUNSEL_TEST_DATA "/claims/docs"))
    texts.push_back(entry.path());
  for (const char* licence : {"Apache-2.0", "GPL-2", "MPL-2.0", "Artistic"}) {
    const std::filesystem::path path = std::filesystem::path("/usr/share/common-licenses") / licence;
    if (std::filesystem::exists(path)) texts.push_back(path);
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

TEST(Altered, SentencesThatSaySomethingElseAreHardlyEverSupported) {
  struct Row {
    int all = 0, supported = 0, near = 0;
  };
  std::map<std::string, Row> kinds;
  Row verbatim;
  Row altered;
  Alterer alterer({"company",   "employee", "landlord", "tenant",  "licensor", "contributor", "you",      "we",
                   "recipient", "manager",  "director", "lender",  "borrower", "founder",     "investor", "claimant",
                   "defendant", "parent",   "child",    "carrier", "program",  "work",        "licensee", "package"});
  for (const std::filesystem::path& path : Texts()) {
    std::ifstream file(path);
    std::stringstream stream;
    stream << file.rdbuf();
    const std::string text = stream.str();
    const Sources sources({{path.filename().string(), "", text}});
    for (const text::Sentence& sentence : text::SplitSentences(text)) {
      if (!sentence.complete || sentence.lead_in >= 0) continue;
      Parts parts = Split(text.substr(sentence.start, sentence.end - sentence.start));
      if (std::isdigit(static_cast<unsigned char>(parts.front()[0])) != 0) parts.erase(parts.begin());  // "4.3"
      const std::string words = Join(parts);
      if (words.find("othing") != std::string::npos) continue;
      const auto blanks = std::count(words.begin(), words.end(), ' ');
      if (blanks < 6 || blanks > 45) continue;
      const Grade same = sources.Judge(words).grade;
      ++verbatim.all;
      verbatim.supported += same == Grade::kSupported ? 1 : 0;
      for (const auto& [kind, claim] : alterer.Alter(words)) {
        const Grade grade = sources.Judge(claim).grade;
        for (Row* row : {&kinds[kind], &altered}) {
          ++row->all;
          row->supported += grade == Grade::kSupported ? 1 : 0;
          row->near += grade == Grade::kNear ? 1 : 0;
        }
        if (grade == Grade::kSupported && std::getenv("COUNSEL_CLAIMS_SHOW") != nullptr)
          std::printf("  %s: %s\n", kind.c_str(), claim.c_str());
      }
    }
  }
  for (const auto& [kind, row] : kinds)
    std::printf("  %-14s %4d: supported %3d, near %3d\n", kind.c_str(), row.all, row.supported, row.near);
  std::printf("  altered %d: supported %d (%.1f %%), near %d; verbatim %d: supported %d\n", altered.all,
              altered.supported, 100.0 * altered.supported / altered.all, altered.near, verbatim.all,
              verbatim.supported);
  EXPECT_LE(altered.supported * 50, altered.all);
  EXPECT_GE(altered.all, 1500);  // 3,000 and more where the system has the licences
  EXPECT_GE(verbatim.supported * 10, verbatim.all * 8);
}

}  // namespace
}  // namespace counsel::judging
