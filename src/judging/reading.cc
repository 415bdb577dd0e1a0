#include "judging/reading.h"

#include <utility>

#include "judging/reader.h"

namespace counsel::judging {

Reading Read(std::string_view text, std::size_t start, std::size_t end) {
  return Read(text, Rewritten(text, text::SplitWords(text, start, end)));
}

Reading Read(std::string_view text, Words words) {
  return Reader(text, std::move(words)).Run();
}

void Append(const Reading& more, Reading* to) {
  const int clauses = static_cast<int>(to->clauses.size());
  const int chunks = to->units.empty() ? 0 : to->units.back().chunk + 1;
  const std::size_t units = to->units.size();
  const int sentence = to->units.empty() ? 0 : to->units.back().sentence + 1;
  for (Unit unit : more.units) {
    unit.clause += clauses;
    unit.sentence = sentence;
    unit.chunk += chunks;
    if (unit.head >= 0) unit.head += static_cast<int>(units);
    to->units.push_back(std::move(unit));
  }
  for (Clause clause : more.clauses) {
    if (clause.before >= 0) clause.before += clauses;
    if (clause.verb >= 0) clause.verb += static_cast<int>(units);
    if (clause.boundary >= 0) clause.boundary += static_cast<int>(units);
    to->clauses.push_back(std::move(clause));
  }
  for (Joint joint : more.joints) {
    joint.at += units;
    joint.clause += clauses;
    to->joints.push_back(std::move(joint));
  }
  for (const std::size_t comma : more.commas) to->commas.push_back(comma + units);
  to->resolved = to->resolved || more.resolved;
  to->doubt = to->doubt || more.doubt;
}

bool Restricts(ClauseKind kind) {
  return kind != ClauseKind::kMain && kind != ClauseKind::kCause && kind != ClauseKind::kConcession &&
         kind != ClauseKind::kAside && kind != ClauseKind::kRelative && kind != ClauseKind::kThat;
}

}  // namespace counsel::judging
