#include "companies_house/register_entry.h"

#include <algorithm>
#include <utility>

namespace counsel::companies_house {
namespace {

constexpr int kFormat = 1;

Json ReadJson(const Provenance& provenance) {
  return {{"source", provenance.source}, {"read_at", provenance.read_at}};
}

Provenance ReadBack(const Json& json) {
  Provenance provenance;
  if (!json.is_object()) return provenance;
  const auto source = json.find("source");
  const auto read_at = json.find("read_at");
  if (source != json.end() && source->is_string()) provenance.source = source->get<std::string>();
  if (read_at != json.end() && read_at->is_number_integer()) provenance.read_at = read_at->get<std::int64_t>();
  return provenance;
}

template <class T>
Json PartJson(const Part<T>& part) {
  Json items = Json::array();
  for (const T& item : part.items) items.push_back(item.raw);
  return {{"read", ReadJson(part.provenance)}, {"total", part.total}, {"items", std::move(items)}};
}

template <class T>
void ReadPart(const Json& entry, const char* name, T (*read)(const Json&), Part<T>& part) {
  const auto found = entry.find(name);
  if (found == entry.end() || !found->is_object()) return;
  if (const auto items = found->find("items"); items != found->end() && items->is_array()) {
    for (const Json& item : *items) part.items.push_back(read(item));
  }
  part.total = static_cast<std::int64_t>(part.items.size());
  if (const auto total = found->find("total"); total != found->end() && total->is_number_integer()) {
    part.total = std::max(part.total, total->get<std::int64_t>());
  }
  if (const auto provenance = found->find("read"); provenance != found->end()) part.provenance = ReadBack(*provenance);
}

// Readings of earlier versions have none: theirs are the plain ones.
void ReadDescriptions(const Json& part, std::vector<Filing>& filings) {
  const Json descriptions = part.is_object() ? part.value("descriptions", Json()) : Json();
  if (!descriptions.is_array() || descriptions.size() != filings.size()) return;
  for (std::size_t i = 0; i < filings.size(); ++i) {
    if (descriptions[i].is_string()) filings[i].description = descriptions[i].get<std::string>();
  }
}

// What the register counts up when nothing else changed.
Json WithoutTags(Json json) {
  if (json.is_object()) json.erase("etag");
  return json;
}

template <class T>
bool SameItems(const Part<T>& one, const Part<T>& other) {
  return one.total == other.total &&
         std::equal(one.items.begin(), one.items.end(), other.items.begin(), other.items.end(),
                    [](const T& a, const T& b) { return WithoutTags(a.raw) == WithoutTags(b.raw); });
}

std::vector<const Provenance*> Provenances(const Dossier& dossier) {
  return {&dossier.profile_provenance,          &dossier.officers.provenance, &dossier.owners.provenance,
          &dossier.owner_statements.provenance, &dossier.charges.provenance,  &dossier.insolvency.provenance,
          &dossier.filings.provenance};
}

}  // namespace

std::string WriteEntry(const Dossier& dossier) {
  Json entry = {{"format", kFormat},
                {"company", {{"read", ReadJson(dossier.profile_provenance)}, {"item", dossier.profile.raw}}},
                {"officers", PartJson(dossier.officers)},
                {"owners", PartJson(dossier.owners)},
                {"owner_statements", PartJson(dossier.owner_statements)},
                {"charges", PartJson(dossier.charges)},
                {"insolvency", PartJson(dossier.insolvency)},
                {"filings", PartJson(dossier.filings)}};
  // The templates that described them may be others when this is read again.
  Json& descriptions = entry["filings"]["descriptions"];
  for (const Filing& filing : dossier.filings.items) descriptions.push_back(filing.description);
  return entry.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Dossier> ReadEntry(std::string_view bytes) {
  Result<Json> entry = ParseReply(bytes);
  const bool ours = entry && entry->contains("format") && (*entry)["format"] == kFormat && entry->contains("company") &&
                    (*entry)["company"].is_object() && (*entry)["company"].contains("item");
  if (!ours) {
    return Fail(ErrorCode::kCorrupt, "That is no reading of the register.",
                "Read it again: counsel company watch --fresh");
  }
  Dossier dossier;
  const Json& company = (*entry)["company"];
  ASSIGN_OR_RETURN(CompanyProfile profile, ReadProfile(company["item"]));
  dossier.profile = std::move(profile);
  if (company.contains("read")) dossier.profile_provenance = ReadBack(company["read"]);
  ReadPart(*entry, "officers", &ReadOfficer, dossier.officers);
  ReadPart(*entry, "owners", &ReadOwner, dossier.owners);
  ReadPart(*entry, "owner_statements", &ReadOwner, dossier.owner_statements);
  ReadPart(*entry, "charges", &ReadCharge, dossier.charges);
  ReadPart(*entry, "insolvency", &ReadInsolvencyCase, dossier.insolvency);
  ReadPart(*entry, "filings", &ReadFiling, dossier.filings);
  ReadDescriptions((*entry)["filings"], dossier.filings.items);
  return dossier;
}

bool SameFacts(const Dossier& one, const Dossier& other) {
  return WithoutTags(one.profile.raw) == WithoutTags(other.profile.raw) && SameItems(one.officers, other.officers) &&
         SameItems(one.owners, other.owners) && SameItems(one.owner_statements, other.owner_statements) &&
         SameItems(one.charges, other.charges) && SameItems(one.insolvency, other.insolvency) &&
         SameItems(one.filings, other.filings);
}

std::int64_t ReadAt(const Dossier& dossier) {
  std::int64_t oldest = dossier.profile_provenance.read_at;
  for (const Provenance* provenance : Provenances(dossier)) {
    if (!provenance->source.empty()) oldest = std::min(oldest, provenance->read_at);
  }
  return oldest;
}

Provenance OldestProblem(const Dossier& dossier) {
  for (const Provenance* provenance : Provenances(dossier)) {
    if (provenance->stale) return *provenance;
  }
  return {};
}

}  // namespace counsel::companies_house
