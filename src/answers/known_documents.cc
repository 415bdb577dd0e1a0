#include "answers/known_documents.h"

#include <set>
#include <utility>

#include "search/document_rows.h"

namespace counsel::answers {

Result<KnownDocuments> KnownDocuments::Look(store::Connection& db, std::string_view question,
                                            const std::vector<std::int64_t>& scopes,
                                            const std::vector<std::string>& documents, bool by_files) {
  KnownDocuments known(db, question);
  std::int64_t after = 0;
  if (by_files && documents.empty()) {
    ASSIGN_OR_RETURN(known.files_, search::RowsInFiles::Look(db, scopes));
  }
  if (known.files_) {
    after = known.files_->covered();
    known.rows_.Count(known.files_->count());
    for (std::size_t word = 0; word < known.rows_.words().size(); ++word) {
      for (const auto& [row, number] : known.files_->With(understanding::SignOfWord(known.rows_.words()[word]))) {
        known.rows_.AddWord(word, understanding::HasOf(row, number));
      }
    }
    RETURN_IF_ERROR(known.AddNamed());
  }
  search::Walls walls;
  walls.scopes = scopes;
  walls.documents = documents;
  const auto take = [&known](std::string_view id, std::string_view name, std::string_view words) {
    known.rows_.AddRow(known.in_files() + static_cast<std::uint32_t>(known.newer_.size()), name, words);
    known.newer_.push_back({std::string(id), std::string(name)});
  };
  RETURN_IF_ERROR(search::ForEachDocumentRow(db, walls, after, take));
  return known;
}

// Of the files' rows.
Result<void> KnownDocuments::AddNamed() {
  std::set<std::uint32_t> named;
  for (const std::string& sign : rows_.SignsOfNames()) {
    for (const auto& [row, number] : files_->With(sign)) named.insert(row);
  }
  for (const std::uint32_t row : named) {
    ASSIGN_OR_RETURN(const std::string name, NameOf(row));
    rows_.AddNamed(row, name);
  }
  return {};
}

std::string KnownDocuments::IdOf(std::size_t row) const {
  if (row >= in_files()) return newer_[row - in_files()].id;
  return std::string(files_->DocumentOf(static_cast<std::uint32_t>(row)));
}

Result<std::string> KnownDocuments::NameOf(std::size_t row) const {
  if (row >= in_files()) return newer_[row - in_files()].name;
  ASSIGN_OR_RETURN(std::optional<std::string> name, search::NameInRow(*db_, IdOf(row)));
  return std::move(name).value_or("");
}

void KnownDocuments::ForEach(const std::function<void(std::uint32_t row)>& told) const {
  for (std::uint32_t row = 0; row < in_files(); ++row) {
    if (files_->Sees(row)) told(row);
  }
  for (std::uint32_t i = 0; i < newer_.size(); ++i) told(in_files() + i);
}

}  // namespace counsel::answers
